// The format of numpy/lib/format.py, versions 1.0 to 3.0: a magic, the length of a header, the
// header (a Python dict: descr, fortran_order, shape), the elements.
#include "npy.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstring>
#include <utility>

#include "../dsl/text.hpp"

namespace ansatz::running {

namespace {

constexpr const char* descriptions[] = {"<f4", "<f8", "|i1", "<i2", "<i4",
                                        "<i8", "|u1", "<u2", "<u4", "<u8"};
constexpr std::string_view magic = "\x93NUMPY";

// How an element lies in the file, where that is not as in memory.
enum class Coding { plain, boolean, half, text };

struct Header {
  ElementType type = ElementType::float32;  ///< of the array as it is returned
  Coding coding = Coding::plain;
  bool swapped = false, fortran = false;
  std::vector<std::int64_t> shape;
  std::size_t width = 0;  ///< of an element in the file
  std::size_t bytes = 0;  ///< of all elements in the file
};

// What NumPy calls the elements that are not read.
std::string kind_of(std::string_view descr) {
  switch (descr.size() > 1 ? descr[1] : '?') {
    case 'O':
      return "Python objects, which only Python can read";
    case 'c':
      return "complex numbers";
    case 'U':
    case 'S':
    case 'a':
      return "texts";
    case 'M':
      return "dates";
    case 'm':
      return "time spans";
    case 'V':
      return "raw bytes";
    case 'f':
      return "floats of " + std::string(descr.substr(2)) + " bytes";
    default:
      return "unknown elements";
  }
}

constexpr const char* allowed = "; allowed: floats of 16, 32 and 64 bits, integers and bool";

// How many bytes a text of NumPy's has, "|S3"; 0: it is none.
std::size_t text_bytes(std::string_view descr) {
  std::size_t n = 0;
  if (descr.size() < 3 || (descr[1] != 'S' && descr[1] != 'a')) return 0;
  const auto end = std::from_chars(descr.data() + 2, descr.data() + descr.size(), n);
  return end.ptr == descr.data() + descr.size() && n < 4096 ? n : 0;
}

// Finds out what the elements are.
void set_type(Header& out, std::string_view descr, bool texts) {
  if (const std::size_t bytes = texts ? text_bytes(descr) : 0) {
    out.coding = Coding::text;
    out.type = ElementType::uint8;
    out.width = bytes;
    return;
  }
  const std::string name(descr);
  if (descr.size() >= 3) {
    // "=" is the order of the machine that wrote the file; numpy.save does not write it.
    out.swapped = descr[0] == '>' && descr.substr(2) != "1";
    const std::string_view rest = descr.substr(1);
    if (rest == "b1" || rest == "f2") {
      out.coding = rest == "b1" ? Coding::boolean : Coding::half;
      out.type = rest == "b1" ? ElementType::uint8 : ElementType::float32;
      out.width = rest == "b1" ? 1 : 2;
      return;
    }
    const auto at = std::find_if(std::begin(descriptions), std::end(descriptions),
                                 [&](const char* each) { return rest == each + 1; });
    if (std::string_view("<>|=").find(descr[0]) != std::string_view::npos &&
        at != std::end(descriptions)) {
      out.type = static_cast<ElementType>(at - std::begin(descriptions));
      out.width = static_cast<std::size_t>(element_size(out.type));
      return;
    }
  }
  throw "has elements " + in_quotes(descr) + ", " + kind_of(descr) + allowed;
}

/// Reads the dict of a header. Throws a std::string with what is wrong.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text, bool texts = false) : rest_(text), texts_(texts) {}

  Header parse() {
    Header out;
    std::string_view descr;
    bool has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr") {
        if (accept('['))
          throw std::string(
              "has elements that are records of several fields; save each field as "
              "an array of its own") +
              allowed;
        descr = string();
      } else if (key == "fortran_order") {
        const std::string_view order = word();
        if (order != "True" && order != "False") throw std::string("has a malformed header");
        out.fortran = order == "True";
        has_order = true;
      } else if (key == "shape") {
        out.shape = tuple();
        has_shape = true;
      } else {
        throw "has the unknown header key " + in_quotes(key);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (descr.empty() || !has_order || !has_shape) throw std::string("has an incomplete header");
    set_type(out, descr, texts_);
    out.bytes = out.width;
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
  bool texts_;  // whether they are allowed
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

// Half precision as IEEE 754 has it; each is a float, too.
float from_half(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t(bits & 0x8000u) << 16, exponent = bits >> 10 & 31,
                      fraction = bits & 1023u;
  if (exponent == 0) {  // zero, or denormal: fraction * 2^-24
    const float value = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -value : value;
  }
  const std::uint32_t high = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | high << 23 | fraction << 13);
}

void swap_bytes(std::vector<unsigned char>& bytes, std::size_t width) {
  for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(width))
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
}

void decode(const Header& header, std::vector<unsigned char>& bytes) {
  if (header.swapped) swap_bytes(bytes, header.width);
  if (header.fortran && header.shape.size() > 1)
    bytes = in_c_order(bytes, header.shape, header.width);
  if (header.coding == Coding::boolean)
    for (unsigned char& each : bytes) each = each != 0;
  if (header.coding != Coding::half) return;
  std::vector<unsigned char> wide(2 * bytes.size());
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    std::uint16_t bits;
    std::memcpy(&bits, &bytes[i], 2);
    const float value = from_half(bits);
    std::memcpy(&wide[2 * i], &value, 4);
  }
  bytes = std::move(wide);
}

Header read_header(const ReadBytes& read, bool texts = false) {
  std::string text;
  read_exactly(read, text, 10);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.compare(0, magic.size(), magic) != 0) throw std::string("is not in .npy format");
  const int version = byte(6);
  if (version < 1 || version > 3)
    throw "has .npy version " + std::to_string(version) + "; allowed: 1 to 3";
  std::size_t length = byte(8) + 256u * byte(9);
  if (version > 1) {
    read_exactly(read, text, 2);
    length += 65536u * byte(0) + 16777216u * byte(1);
  }
  read_exactly(read, text, length);
  return HeaderParser(text, texts).parse();
}

}  // namespace

std::vector<unsigned char> in_c_order(const std::vector<unsigned char>& from,
                                      const std::vector<std::int64_t>& shape, std::size_t width) {
  std::vector<unsigned char> to(from.size());
  std::vector<std::size_t> strides(shape.size()), index(shape.size());
  std::size_t stride = width;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    strides[axis] = stride;
    stride *= static_cast<std::size_t>(shape[axis]);
  }
  std::size_t source = 0;
  for (std::size_t at = 0; at < to.size(); at += width) {
    std::memcpy(&to[at], &from[source], width);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < static_cast<std::size_t>(shape[axis])) break;
      source -= strides[axis] * std::exchange(index[axis], 0);
    }
  }
  return to;
}

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

NpyLayout read_npy_layout(const ReadBytes& read) {
  const Header header = read_header(read);
  const bool plain = header.coding == Coding::plain && !header.swapped;
  return {header.type, header.shape, header.bytes,
          plain && (!header.fortran || header.shape.size() < 2)};
}

NpzArray read_npy(const ReadBytes& read, bool texts) {
  const Header header = read_header(read, texts);
  NpzArray out;
  out.type = header.type;
  out.shape = header.shape;
  read_exactly(read, out.bytes, header.bytes);
  // Reading up to the end is also what makes libzip compare the checksum.
  char more = 0;
  if (read(&more, 1) > 0) throw std::string("is damaged: it goes on after its last element");
  decode(header, out.bytes);
  return out;
}

}  // namespace ansatz::running
