// Spares programs the code that the library holds already.
//
// A job, a model or a cost is evaluated by the compiler, so its functions are constexpr: inline,
// and compiled anew in every translation unit that has an object of the class, for its table of
// virtual functions. That was two fifths of the time a specialised trainer took to compile. A
// header that says ANSATZ_COMPILED_ONCE belongs to the library: g++ then compiles its inline
// functions there only (its manual: "C++ Interface and Implementation Pragmas"); templates are not
// affected. Other compilers, and programs whose library was not built by g++, compile their own.
//
// Such a header defaults no function but destructors (`X() {}`, not `X() = default`): the library
// would not hold it.
#pragma once

#if defined(ANSATZ_LIBRARY_HAS_INLINE_FUNCTIONS) && defined(__GNUC__) && !defined(__clang__)
#define ANSATZ_COMPILED_ONCE _Pragma("interface")
#else
#define ANSATZ_COMPILED_ONCE
#endif
