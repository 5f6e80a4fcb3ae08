// What the library throws. Apart from <dsl/ir/errors.hpp>: <stdexcept> takes 0.3 s to compile
// and most programs never name these types.
#pragma once

#include <stdexcept>

namespace ansatz {

/// The base of all exceptions of the library.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Dimensions do not agree.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A name is unknown, missing, taken or not well formed.
class NameError : public Error {
 public:
  using Error::Error;
};

/// A value or an element type is not allowed, or a computed value is not finite in check mode.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// A file cannot be read or written, or is not what it should be.
class FileError : public Error {
 public:
  using Error::Error;
};

/// The memory does not suffice; says for what. Where other errors mean that something cannot be
/// told and is left out, this one must go on: what is there would be left out as well.
class MemoryError : public Error {
 public:
  using Error::Error;
};

}  // namespace ansatz
