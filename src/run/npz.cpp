// .npy: the format of numpy/lib/format.py, versions 1.0 and 2.0: a magic, the length of a header,
// the header (a Python dict: descr, fortran_order, shape), the elements.
#include <ansatz/npz.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include <dsl/exceptions.hpp>

#include "text.hpp"

namespace ansatz {

using run::quoted;

namespace {

constexpr const char* descriptions[] = {"<f4", "<f8", "|i1", "<i2", "<i4",
                                        "<i8", "|u1", "<u2", "<u4", "<u8"};
constexpr std::string_view magic = "\x93NUMPY";

// ---------------------------------------------------------------------------- the header

struct Header {
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::size_t bytes = 0;  ///< of the elements
};

/// Reads the dict of a header. Throws a std::string with what is wrong.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  Header parse() {
    Header out;
    std::string_view descr;
    bool has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr") {
        descr = string();
      } else if (key == "fortran_order") {
        if (word() != "False") throw std::string("is in Fortran order; allowed: C order");
        has_order = true;
      } else if (key == "shape") {
        out.shape = tuple();
        has_shape = true;
      } else {
        throw "has the unknown header key " + quoted(key);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (descr.empty() || !has_order || !has_shape) throw std::string("has an incomplete header");
    const auto at = std::find(std::begin(descriptions), std::end(descriptions), descr);
    if (at == std::end(descriptions))
      throw "has elements " + quoted(descr) +
          "; allowed: little-endian floats of 32 or 64 bits and integers";
    out.type = static_cast<ElementType>(at - std::begin(descriptions));
    out.bytes = static_cast<std::size_t>(element_size(out.type));
    for (std::int64_t n : out.shape)
      if (__builtin_mul_overflow(out.bytes, static_cast<std::size_t>(n), &out.bytes))
        throw std::string("has an impossible shape");
    return out;
  }

 private:
  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool accept(char c) {
    skip();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) throw std::string("has a malformed header");
  }
  std::string_view take(std::size_t n) {
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::string_view string() {
    const char quote = accept('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    const std::size_t end = rest_.find(quote);
    if (end == rest_.npos) throw std::string("has a malformed header");
    const std::string_view out = take(end);
    take(1);
    return out;
  }
  std::string_view word() {
    skip();
    std::size_t n = 0;
    while (n < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[n]))) ++n;
    return take(n);
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> out;
    expect('(');
    while (!accept(')')) {
      skip();
      std::int64_t n = -1;
      const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
      if (end.ec != std::errc() || n < 0) throw std::string("has a malformed shape");
      take(static_cast<std::size_t>(end.ptr - rest_.data()));
      accept('L');  // as Python 2 wrote it
      out.push_back(n);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }

  std::string_view rest_;
};

std::string header_of(const ArrayView& array) {
  std::string dict = "{'descr': '";
  dict += descriptions[static_cast<int>(array.type)];
  dict += "', 'fortran_order': False, 'shape': (";
  for (std::int64_t n : array.dims) dict += std::to_string(n) + ", ";
  if (array.dims.rank > 1) dict.resize(dict.size() - 2);
  if (array.dims.rank == 1) dict.pop_back();
  dict += "), }";
  // magic, version, length, dict, newline: together a multiple of 64
  constexpr std::size_t prefix = 10;
  dict.append(63 - (prefix + dict.size()) % 64, ' ');
  dict += '\n';
  std::string out(magic);
  out += {'\1', '\0', static_cast<char>(dict.size() & 255), static_cast<char>(dict.size() >> 8)};
  return out + dict;
}

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

/// Reads exactly n bytes. Memory grows with what is really there, whatever the file claims.
template <class Bytes>
void read_exactly(zip_file_t* entry, Bytes& out, std::size_t n) {
  constexpr std::size_t chunk = std::size_t(1) << 24;
  out.clear();
  while (out.size() < n) {
    const std::size_t at = out.size(), want = std::min(chunk, n - at);
    out.resize(at + want);
    const zip_int64_t got = zip_fread(entry, out.data() + at, want);
    if (got < 0) throw std::string("is damaged: ") + zip_file_strerror(entry);
    if (got == 0) throw std::string("is damaged: it ends too early");
    out.resize(at + static_cast<std::size_t>(got));
  }
}

NpzArray read_entry(zip_file_t* entry) {
  std::string text;
  read_exactly(entry, text, 10);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.compare(0, magic.size(), magic) != 0) throw std::string("is not in .npy format");
  const int version = byte(6);
  if (version != 1 && version != 2)
    throw "has .npy version " + std::to_string(version) + "; allowed: 1 and 2";
  std::size_t length = byte(8) + 256u * byte(9);
  if (version == 2) {
    read_exactly(entry, text, 2);
    length += 65536u * byte(0) + 16777216u * byte(1);
  }
  read_exactly(entry, text, length);
  const Header header = HeaderParser(text).parse();
  NpzArray out;
  out.type = header.type;
  out.shape = header.shape;
  read_exactly(entry, out.bytes, header.bytes);
  // Reading up to the end is also what makes libzip compare the checksum.
  char more = 0;
  const zip_int64_t rest = zip_fread(entry, &more, 1);
  if (rest < 0) throw std::string("is damaged: ") + zip_file_strerror(entry);
  if (rest > 0) throw std::string("is damaged: it goes on after its last element");
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
    const std::string& header = headers.emplace_back(header_of(a.array));
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
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive) throw FileError("cannot read " + quoted(path) + ": " + zip_text(code));
  std::vector<NpzArray> out;
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(archive.get(), index, 0);
    std::string name = raw ? raw : "";
    try {
      Entry entry(zip_fopen_index(archive.get(), index, 0));
      if (!entry) throw std::string("cannot be opened: ") + zip_strerror(archive.get());
      out.push_back(read_entry(entry.get()));
    } catch (const std::string& what) {
      throw FileError("cannot read " + quoted(path) + ": array " + quoted(name) + " " + what);
    }
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    out.back().name = std::move(name);
  }
  return out;
}

void write_npz(const std::string& path, const std::vector<NamedArray>& arrays) {
  std::vector<std::string_view> names;
  for (const NamedArray& a : arrays) {
    if (!run::good_name(a.name))
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
