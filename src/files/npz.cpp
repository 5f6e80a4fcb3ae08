#include <ansatz/base/regular_file.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>
#include <dsl/nearest_name.hpp>

#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include "../dsl/text.hpp"
#include "npy.hpp"

namespace ansatz {

namespace {

// ---------------------------------------------------------------------------- reading

struct CloseArchive {
  void operator()(zip_t* z) const { zip_discard(z); }
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

NpzArray read_entry(zip_t* archive, zip_uint64_t index, bool texts) {
  Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry) throw std::string("cannot be opened: ") + zip_strerror(archive);
  return running::read_npy(
      [&](void* out, std::size_t n) {
        const zip_int64_t got = zip_fread(entry.get(), out, n);
        if (got < 0) throw std::string("is damaged: ") + zip_file_strerror(entry.get());
        return static_cast<std::size_t>(got);
      },
      texts);
}

// The arrays whose names (without .npy) are wanted.
template <class Wanted>
std::vector<NpzArray> read_arrays(const std::string& path, Wanted wanted, bool texts = false) {
  serial::RegularFile opened = serial::open_regular(path);
  if (!opened.file) throw FileError("cannot read " + path_in_quotes(path) + ": " + opened.why);
  int code = 0;
  Archive archive(zip_fdopen(opened.file.get(), 0, &code));
  if (!archive) throw FileError("cannot read " + path_in_quotes(path) + ": " + zip_text(code));
  (void)opened.file.release();
  std::vector<NpzArray> out;
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(archive.get(), index, 0);
    const std::string entry = raw ? raw : "";
    std::string name = entry.ends_with(".npy") ? entry.substr(0, entry.size() - 4) : entry;
    if (!wanted(std::string_view(name))) continue;
    try {
      out.push_back(read_entry(archive.get(), index, texts));
    } catch (const std::string& what) {
      throw FileError("cannot read " + path_in_quotes(path) + ": array " + in_quotes(entry) + " " +
                      what);
    }
    out.back().name = std::move(name);
  }
  return out;
}

// ---------------------------------------------------------------------------- writing

[[noreturn]] void cannot_write_archive(const std::string& path, const std::string& why) {
  throw FileError("cannot write " + path_in_quotes(path) + ": " + why);
}

/// What libzip writes to: a file that takes its place when it is whole, with the mode of the one
/// that was there.
class Target {
 public:
  explicit Target(const std::string& path) : file_(path) {}

  Archive archive(const std::string& path) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_function_create(command, this, &error);
    zip_t* const made =
        source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error) : nullptr;
    const std::string why = made ? "" : zip_error_strerror(&error);
    if (!made && source) zip_source_free(source);
    zip_error_fini(&error);
    if (!made) cannot_write_archive(path, why);
    return Archive(made);
  }

  /// Throws what went wrong while libzip wrote.
  void rethrow() const {
    if (fault_) std::rethrow_exception(fault_);
  }
  AtomicFile& file() { return file_; }

 private:
  static zip_int64_t command(void* self, void* data, zip_uint64_t size, zip_source_cmd_t what) {
    Target& target = *static_cast<Target*>(self);
    try {
      return target.obey(data, size, what);
    } catch (...) {  // no exception passes through libzip
      target.fault_ = std::current_exception();
      return target.failed(ZIP_ER_WRITE, EIO);
    }
  }

  zip_int64_t obey(void* data, zip_uint64_t size, zip_source_cmd_t what) {
    switch (what) {
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
            ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE,
            ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_REMOVE, -1);
      case ZIP_SOURCE_STAT:  // it begins with nothing
        return failed(ZIP_ER_READ, ENOENT);
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      case ZIP_SOURCE_WRITE:
        return write(static_cast<const char*>(data), size);
      case ZIP_SOURCE_SEEK_WRITE: {
        const auto to = zip_source_seek_compute_offset(static_cast<zip_uint64_t>(at_),
                                                       static_cast<zip_uint64_t>(file_.size()),
                                                       data, size, &error_);
        if (to >= 0) at_ = to;
        return to < 0 ? -1 : 0;
      }
      case ZIP_SOURCE_TELL_WRITE:
        return at_;
      case ZIP_SOURCE_BEGIN_WRITE:
      case ZIP_SOURCE_COMMIT_WRITE:
      case ZIP_SOURCE_ROLLBACK_WRITE:
      case ZIP_SOURCE_FREE:
        return 0;
      default:
        return failed(ZIP_ER_OPNOTSUPP, 0);
    }
  }

  zip_int64_t write(const char* data, zip_uint64_t size) {
    const auto behind = static_cast<zip_uint64_t>(file_.size() - at_);
    const auto again = static_cast<std::size_t>(std::min(behind, size));
    file_.rewrite(at_, data, again);
    file_.write(data + again, static_cast<std::size_t>(size) - again);
    at_ += static_cast<std::int64_t>(size);
    return static_cast<zip_int64_t>(size);
  }

  zip_int64_t failed(int code, int system) {
    zip_error_set(&error_, code, system);
    return -1;
  }

  AtomicFile file_;
  std::int64_t at_ = 0;
  zip_error_t error_{};
  std::exception_ptr fault_;
};

void write_archive(Target& target, const std::string& path, const std::vector<NamedArray>& arrays) {
  Archive archive = target.archive(path);
  const auto check = [&](bool good) {
    if (good) return;
    target.rethrow();
    cannot_write_archive(path, zip_strerror(archive.get()));
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

std::vector<NpzArray> running::read_npz_with_texts(const std::string& path) {
  return read_arrays(
      path, [](std::string_view) { return true; }, true);
}

NpzArray read_npz_array(const std::string& path, std::string_view name) {
  std::vector<std::string> names;
  std::vector<NpzArray> found = read_arrays(path, [&](std::string_view known) {
    names.emplace_back(known);
    return known == name;
  });
  if (!found.empty()) return std::move(found.front());
  throw NameError(path_in_quotes(path) + " has no array " + in_quotes(name) +
                  allowed_names(name, {names.begin(), names.end()}));
}

NpzArray read_npy(const std::string& path) {
  serial::RegularFile opened = serial::open_regular(path);
  const std::string failed = "cannot read " + path_in_quotes(path) + ": ";
  if (!opened.file) throw FileError(failed + opened.why);
  const serial::Stream file = serial::stream_of(std::move(opened));
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
      throw NameError(in_quotes(a.name) + " cannot name an array; allowed: A-Z a-z 0-9 _ . / -");
    if (std::find(names.begin(), names.end(), a.name) != names.end())
      throw NameError("two arrays are named " + in_quotes(a.name));
    if (!a.array.contiguous || a.array.dims.rank > ir::max_rank)
      throw ValueError("array " + in_quotes(a.name) +
                       " must be contiguous in row-major order, of at most " +
                       std::to_string(ir::max_rank) + " dimensions");
    names.push_back(a.name);
  }
  Target target(path);
  if (arrays.empty()) {
    // libzip writes no file for an empty archive; this is its end record
    const char end[22] = {'P', 'K', 5, 6};
    target.file().write(end, sizeof end);
  } else {
    write_archive(target, path, arrays);
  }
  target.file().commit();
}

}  // namespace ansatz
