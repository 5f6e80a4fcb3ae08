#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>
#include <dsl/nearest_name.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <dsl/exceptions.hpp>

#include "../dsl/text.hpp"
#include "npy.hpp"

namespace ansatz {

using running::quoted;

namespace {

// ---------------------------------------------------------------------------- reading

struct CloseArchive {
  void operator()(zip_t* z) const { zip_discard(z); }
};
struct CloseFile {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
struct CloseEntry {
  void operator()(zip_file_t* f) const { zip_fclose(f); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

std::string zip_text(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string out = zip_error_strerror(&error);
  zip_error_fini(&error);
  return out;
}

NpzArray read_entry(zip_t* archive, zip_uint64_t index) {
  Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry) throw std::string("cannot be opened: ") + zip_strerror(archive);
  return running::read_npy([&](void* out, std::size_t n) {
    const zip_int64_t got = zip_fread(entry.get(), out, n);
    if (got < 0) throw std::string("is damaged: ") + zip_file_strerror(entry.get());
    return static_cast<std::size_t>(got);
  });
}

// The arrays whose names (without .npy) are wanted.
template <class Wanted>
std::vector<NpzArray> read_arrays(const std::string& path, Wanted wanted) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive) throw FileError("cannot read " + quoted(path) + ": " + zip_text(code));
  std::vector<NpzArray> out;
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(archive.get(), index, 0);
    const std::string entry = raw ? raw : "";
    std::string name = entry.ends_with(".npy") ? entry.substr(0, entry.size() - 4) : entry;
    if (!wanted(std::string_view(name))) continue;
    try {
      out.push_back(read_entry(archive.get(), index));
    } catch (const std::string& what) {
      throw FileError("cannot read " + quoted(path) + ": array " + quoted(entry) + " " + what);
    }
    out.back().name = std::move(name);
  }
  return out;
}

// ---------------------------------------------------------------------------- writing

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw FileError("cannot write " + quoted(path) + ": " + why);
}

void flush_to_disk(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags);
  if (file < 0) cannot_write(path, std::strerror(errno));
  const int failed = ::fsync(file), why = errno;
  ::close(file);
  if (failed) cannot_write(path, std::strerror(why));
}

void write_archive(const std::string& path, const std::vector<NamedArray>& arrays) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) cannot_write(path, zip_text(code));
  const auto check = [&](bool good) {
    if (!good) cannot_write(path, zip_strerror(archive.get()));
  };
  std::vector<std::string> headers;
  headers.reserve(arrays.size());  // libzip reads them when the archive is closed
  for (const NamedArray& a : arrays) {
    const std::string& header = headers.emplace_back(running::npy_header(a.array));
    const auto bytes = static_cast<zip_uint64_t>(a.array.dims.count()) *
                       static_cast<zip_uint64_t>(element_size(a.array.type));
    zip_buffer_fragment_t parts[2];
    parts[0].data = reinterpret_cast<zip_uint8_t*>(const_cast<char*>(header.data()));
    parts[0].length = header.size();
    parts[1].data = static_cast<zip_uint8_t*>(const_cast<void*>(a.array.data));
    parts[1].length = bytes;
    zip_source_t* source = zip_source_buffer_fragment(archive.get(), parts, bytes > 0 ? 2 : 1, 0);
    check(source != nullptr);
    const std::string name = std::string(a.name) + ".npy";
    const zip_int64_t index = zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) zip_source_free(source);
    check(index >= 0);
    const auto entry = static_cast<zip_uint64_t>(index);
    check(zip_set_file_compression(archive.get(), entry, ZIP_CM_STORE, 0) == 0);
    // 1980-01-01 0:00, as numpy does: equal arrays give equal files
    check(zip_file_set_dostime(archive.get(), entry, 0, 1 << 5 | 1, 0) == 0);
  }
  check(zip_close(archive.get()) == 0);
  archive.release();
}

}  // namespace

std::vector<NpzArray> read_npz(const std::string& path) {
  return read_arrays(path, [](std::string_view) { return true; });
}

NpzArray read_npz_array(const std::string& path, std::string_view name) {
  std::vector<std::string> names;
  std::vector<NpzArray> found = read_arrays(path, [&](std::string_view known) {
    names.emplace_back(known);
    return known == name;
  });
  if (!found.empty()) return std::move(found.front());
  throw NameError(quoted(path) + " has no array " + quoted(name) +
                  allowed_names(name, {names.begin(), names.end()}));
}

NpzArray read_npy(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  const std::string failed = "cannot read " + quoted(path) + ": ";
  if (!file) throw FileError(failed + std::strerror(errno));
  try {
    return running::read_npy([&](void* out, std::size_t n) {
      const std::size_t got = std::fread(out, 1, n, file.get());
      if (std::ferror(file.get())) throw std::string("fails: ") + std::strerror(errno);
      return got;
    });
  } catch (const std::string& what) {
    throw FileError(failed + "it " + what);
  }
}

void write_npz(const std::string& path, const std::vector<NamedArray>& arrays) {
  std::vector<std::string_view> names;
  for (const NamedArray& a : arrays) {
    if (!running::good_name(a.name))
      throw NameError(quoted(a.name) + " cannot name an array; allowed: A-Z a-z 0-9 _ . / -");
    if (std::find(names.begin(), names.end(), a.name) != names.end())
      throw NameError("two arrays are named " + quoted(a.name));
    if (!a.array.contiguous || a.array.dims.rank > ir::max_rank)
      throw ValueError("array " + quoted(a.name) +
                       " must be contiguous in row-major order, of at most " +
                       std::to_string(ir::max_rank) + " dimensions");
    names.push_back(a.name);
  }
  const std::string beside = path + ".part" + std::to_string(::getpid());
  try {
    if (arrays.empty()) {
      // libzip writes no file for an empty archive; this is its end record
      std::FILE* file = std::fopen(beside.c_str(), "wb");
      if (!file) cannot_write(path, std::strerror(errno));
      const char end[22] = {'P', 'K', 5, 6};
      const bool written = std::fwrite(end, sizeof end, 1, file) == 1;
      if ((std::fclose(file) != 0) | !written) cannot_write(path, std::strerror(errno));
    } else {
      write_archive(beside, arrays);
    }
    flush_to_disk(beside, O_RDONLY);
    if (std::rename(beside.c_str(), path.c_str()) != 0) cannot_write(path, std::strerror(errno));
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  const std::size_t slash = path.rfind('/');
  flush_to_disk(slash == path.npos ? "." : path.substr(0, slash + 1), O_RDONLY | O_DIRECTORY);
}

}  // namespace ansatz
