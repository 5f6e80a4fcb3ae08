// Each folder of tests is a program of its own.
#include "../model/probe.cpp"
