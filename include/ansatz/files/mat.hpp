// Arrays of MATLAB's .mat files.
#pragma once

#include <ansatz/files/npz.hpp>

#include <string>
#include <string_view>

namespace ansatz {

/// Reads one array of numbers of a .mat file: of version 5 (The MathWorks, MAT-File Format; packed
/// by zlib or not, little or big endian), or of version 7.3, which is HDF5. Its elements stand as
/// MATLAB has them: the FIRST index runs fastest, so that [32, 32, 3, n] is one image after the
/// other. Of version 7.3 they are int32 where they are integers of more than 16 bits, and float32
/// or float64.
///
/// NameError, with the names there are, for another name. FileError, with the byte: no such file,
/// none of MATLAB's, damaged; an array of something else than real numbers.
NpzArray read_mat_array(const std::string& path, std::string_view name);

/// The same array with the last index fastest, as NumPy has it.
NpzArray row_major(NpzArray array);

}  // namespace ansatz
