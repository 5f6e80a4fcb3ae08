// The language: expressions and ops, compile and build, gradients, programs and their stores.
#pragma once

#include <dsl/build.hpp>
#include <dsl/communicator.hpp>
#include <dsl/compile.hpp>
#include <dsl/composite.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/explain.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>
#include <dsl/store.hpp>
#include <dsl/tree.hpp>
