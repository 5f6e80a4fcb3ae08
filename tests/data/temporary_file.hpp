// Files that live as long as a test.
#pragma once

#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ansatz::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ansatz-data-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

  /// Writes the file and returns its path.
  std::string write(const std::string& name, std::string_view bytes) const {
    const auto path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::ssize(bytes));
    return path.string();
  }

 private:
  std::string path_;
};

/// Sets a variable that names the folder with the data sets, and puts the old value back.
class DataPath {
 public:
  explicit DataPath(const char* path, const char* name = "ANSATZ_DATA_PATH") : name_(name) {
    if (const char* old = std::getenv(name_)) old_ = old;
    path ? ::setenv(name_, path, 1) : ::unsetenv(name_);
  }
  explicit DataPath(const std::string& folder) : DataPath(folder.c_str()) {}
  ~DataPath() { old_.empty() ? ::unsetenv(name_) : ::setenv(name_, old_.c_str(), 1); }
  DataPath(const DataPath&) = delete;

 private:
  const char* name_;
  std::string old_;
};

inline std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// An IDX file of unsigned bytes: header, then `values`.
inline std::string idx(std::initializer_list<unsigned> dims, std::string_view values) {
  std::string out{'\0', '\0', '\x08', static_cast<char>(dims.size())};
  for (const unsigned d : dims)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(d >> shift);
  return out.append(values);
}

/// The words of the exception that `call` throws; "" when it throws none.
template <class Error, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace ansatz::testing
