// Sparse matrices as scipy.sparse.save_npz writes them.
#pragma once

#include <ansatz/files/npz.hpp>

#include <zip.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz::testing {

/// A matrix in the format "csr": `values` in columns `indices`, those of row i from `starts`[i] on.
inline void write_scipy(const std::string& file, std::int64_t columns,
                        const std::vector<std::int32_t>& starts,
                        const std::vector<std::int32_t>& indices,
                        const std::vector<double>& values) {
  const std::int64_t rows = std::ssize(starts) - 1, numbers = std::ssize(values);
  const std::vector<std::int64_t> shape = {rows, columns};
  write_npz(file, {{"shape", view(shape.data(), {2})},
                   {"indptr", view(starts.data(), {rows + 1})},
                   {"indices", view(indices.data(), {numbers})},
                   {"data", view(values.data(), {numbers})}});
  // The text is what write_npz cannot write.
  int code = 0;
  zip_t* const archive = zip_open(file.c_str(), 0, &code);
  std::string format = "{'descr': '|S3', 'fortran_order': False, 'shape': (), }";
  format.resize(117, ' ');
  format = std::string("\x93NUMPY\1\0\x76\0", 10) + format + "\ncsr";
  zip_file_add(archive, "format.npy", zip_source_buffer(archive, format.data(), format.size(), 0),
               0);
  zip_close(archive);
}

}  // namespace ansatz::testing
