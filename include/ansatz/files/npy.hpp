// One array of a file: .npy, or by its name out of an .npz file.
#pragma once

#include <ansatz/files/npz.hpp>

namespace ansatz {

/// Reads a file as numpy.save writes it: what `read_npz` allows of an array, which has no name
/// here. FileError if the file is missing or damaged, or holds anything else.
NpzArray read_npy(const std::string& path);

/// Writes an array as numpy.save does. The file is replaced as a whole. FileError.
void write_npy(const std::string& path, const ArrayView& array);

/// Reads one array of a file as numpy.savez writes it, leaving out the others. NameError, with the
/// names there are, if it is not among them; FileError as of `read_npz`.
NpzArray read_npz_array(const std::string& path, std::string_view name);

}  // namespace ansatz
