// The format of numpy/lib/format.py, versions 1.0 and 2.0: a magic, the length of a header, the
// header (a Python dict: descr, fortran_order, shape), the elements.
#include "npy.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "text.hpp"

namespace ansatz::running {

namespace {

constexpr const char* descriptions[] = {"<f4", "<f8", "|i1", "<i2", "<i4",
                                        "<i8", "|u1", "<u2", "<u4", "<u8"};
constexpr std::string_view magic = "\x93NUMPY";

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

/// Reads exactly n bytes. Memory grows with what is really there, whatever the file claims.
template <class Bytes>
void read_exactly(const ReadBytes& read, Bytes& out, std::size_t n) {
  constexpr std::size_t chunk = std::size_t(1) << 24;
  out.clear();
  while (out.size() < n) {
    const std::size_t at = out.size(), want = std::min(chunk, n - at);
    out.resize(at + want);
    const std::size_t got = read(out.data() + at, want);
    if (got == 0) throw std::string("is damaged: it ends too early");
    out.resize(at + got);
  }
}

}  // namespace

std::string npy_header(const ArrayView& array) {
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

NpzArray read_npy(const ReadBytes& read) {
  std::string text;
  read_exactly(read, text, 10);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.compare(0, magic.size(), magic) != 0) throw std::string("is not in .npy format");
  const int version = byte(6);
  if (version != 1 && version != 2)
    throw "has .npy version " + std::to_string(version) + "; allowed: 1 and 2";
  std::size_t length = byte(8) + 256u * byte(9);
  if (version == 2) {
    read_exactly(read, text, 2);
    length += 65536u * byte(0) + 16777216u * byte(1);
  }
  read_exactly(read, text, length);
  const Header header = HeaderParser(text).parse();
  NpzArray out;
  out.type = header.type;
  out.shape = header.shape;
  read_exactly(read, out.bytes, header.bytes);
  // Reading up to the end is also what makes libzip compare the checksum.
  char more = 0;
  if (read(&more, 1) > 0) throw std::string("is damaged: it goes on after its last element");
  return out;
}

}  // namespace ansatz::running
