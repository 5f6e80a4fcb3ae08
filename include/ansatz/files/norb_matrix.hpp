// The binary matrices of NORB, Pylearn2's filetensors.
#pragma once

#include <ansatz/files/npz.hpp>

#include <string>

namespace ansatz {

/// Reads a matrix as the NORB sets and Lush have it, plain or gzip: a magic number for the type
/// of its elements, the number of dimensions, each dimension (at least three are written), the
/// elements, row-major; all little endian (LeCun, Huang, Bottou 2004; the sets' page). Bytes,
/// integers of 16 and 32 bits, floats, doubles.
///
/// Memory grows with the bytes that are there. FileError, with the byte: no such file, another
/// magic number, elements cut off, bytes left over.
NpzArray read_norb_matrix(const std::string& path);

/// Writes such a matrix; the file is replaced as a whole. ValueError for an array without
/// dimensions and for another element type, FileError.
void write_norb_matrix(const std::string& path, const ArrayView& array);

}  // namespace ansatz
