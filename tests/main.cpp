// The one translation unit that holds the test library's own code.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
