// MAT-File Format, version 5 (The MathWorks): a header of 128 bytes, then elements, each a tag of
// type and length with its data, filled up to 8 bytes; a tag of four bytes where the data have no
// more than four. A matrix is an element of elements; packed, it is one in a stream of zlib.
#include <ansatz/files/hdf5.hpp>
#include <ansatz/files/mat.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/with_type.hpp>
#include <dsl/in_quotes.hpp>
#include "mapped_file.hpp"
#include "npy.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

namespace ansatz {

namespace {

constexpr std::size_t header_bytes = 128, most_dimensions = 16;
constexpr std::uint32_t matrix = 14, packed = 15;
constexpr std::uint8_t complex_flag = 8;

// Types of elements, from 1.
constexpr std::optional<ElementType> element_types[] = {
    std::nullopt,        ElementType::int8,    ElementType::uint8,  ElementType::int16,
    ElementType::uint16, ElementType::int32,   ElementType::uint32, ElementType::float32,
    std::nullopt,        ElementType::float64, std::nullopt,        std::nullopt,
    ElementType::int64,  ElementType::uint64};
// Classes of arrays, from 6.
constexpr int first_number_class = 6;
constexpr ElementType classes[] = {ElementType::float64, ElementType::float32, ElementType::int8,
                                   ElementType::uint8,   ElementType::int16,   ElementType::uint16,
                                   ElementType::int32,   ElementType::uint32,  ElementType::int64,
                                   ElementType::uint64};
constexpr const char* other_classes[] = {"nothing",   "cells", "a structure",
                                         "an object", "text",  "a sparse matrix"};

struct Damage {
  std::string what;
};

// Bytes one after the other, from memory or unpacked from it.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size, bool is_packed)
      : data_(data), size_(size), packed_(is_packed) {
    if (packed_ && inflateInit(&stream_) != Z_OK) throw Damage{"zlib cannot start"};
    stream_.next_in = const_cast<Bytef*>(data);
  }
  ~Bytes() {
    if (packed_) inflateEnd(&stream_);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::uint64_t position() const { return position_; }

  void read(void* to, std::size_t count) {
    if (packed_) {
      inflate_to(static_cast<Bytef*>(to), count);
    } else {
      if (count > size_ - position_) throw Damage{"it ends too early"};
      std::memcpy(to, data_ + position_, count);
    }
    position_ += count;
  }
  // Memory grows with the bytes that are there.
  std::vector<unsigned char> take(std::uint64_t count) {
    constexpr std::uint64_t chunk = std::uint64_t{1} << 24;
    std::vector<unsigned char> out;
    while (out.size() < count) {
      const std::size_t at = out.size();
      const auto part = static_cast<std::size_t>(std::min(chunk, count - at));
      if (!packed_ && part > size_ - position_) throw Damage{"it ends too early"};
      out.resize(at + part);
      read(out.data() + at, part);
    }
    return out;
  }
  void skip(std::uint64_t count) {
    std::uint8_t unused[512];
    if (!packed_) {
      if (count > size_ - position_) throw Damage{"it ends too early"};
      position_ += count;
      return;
    }
    for (; count > 0; count -= std::min<std::uint64_t>(count, sizeof unused))
      read(unused, static_cast<std::size_t>(std::min<std::uint64_t>(count, sizeof unused)));
  }

 private:
  void inflate_to(Bytef* to, std::size_t count) {
    while (count > 0) {
      const auto used = static_cast<std::size_t>(stream_.next_in - data_);
      stream_.avail_in = static_cast<uInt>(std::min(size_ - used, std::size_t{1} << 30));
      const auto part = static_cast<uInt>(std::min(count, std::size_t{1} << 30));
      stream_.next_out = to;
      stream_.avail_out = part;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t made = part - stream_.avail_out;
      if (code != Z_OK && code != Z_STREAM_END)
        throw Damage{stream_.msg ? fmt::format("its packed data are wrong ({})", stream_.msg)
                                 : "its packed data end too early"};
      if (made == 0) throw Damage{"its packed data end too early"};
      to += made;
      count -= made;
    }
  }

  const std::uint8_t* data_;
  std::size_t size_;
  bool packed_;
  std::uint64_t position_ = 0;
  z_stream stream_{};
};

struct Tag {
  std::uint32_t type = 0, bytes = 0;
  bool small = false;  // the data fill the tag
  // Of the data and what fills them up to eight bytes.
  std::uint64_t filling() const { return small ? 4 - bytes : (8 - bytes % 8) % 8; }
};

template <class Word>
Word turned(Word word, bool swap) {
  if (!swap) return word;
  auto* const b = reinterpret_cast<unsigned char*>(&word);
  std::reverse(b, b + sizeof word);
  return word;
}

Tag read_tag(Bytes& from, bool swap) {
  std::uint32_t first = 0;
  from.read(&first, 4);
  first = turned(first, swap);
  if (first >> 16) {
    const Tag tag{first & 0xffff, first >> 16, true};
    if (tag.bytes > 4) throw Damage{"an element of four bytes claims more"};
    return tag;
  }
  Tag tag{first, 0, false};
  from.read(&tag.bytes, 4);
  tag.bytes = turned(tag.bytes, swap);
  return tag;
}

template <class To, class From>
void convert(const std::vector<unsigned char>& from, std::vector<unsigned char>& to) {
  const std::size_t count = from.size() / sizeof(From);
  for (std::size_t i = 0; i < count; ++i) {
    From x;
    std::memcpy(&x, &from[i * sizeof x], sizeof x);
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
      if (!(x >= static_cast<From>(std::numeric_limits<To>::min()) &&
            x < static_cast<From>(std::numeric_limits<To>::max())))
        throw Damage{"it has a number outside the range of its class"};
    const To y = static_cast<To>(x);
    std::memcpy(&to[i * sizeof y], &y, sizeof y);
  }
}

// An array is kept in the smallest type that holds its numbers, whatever its class.
std::vector<unsigned char> as_type(ElementType to, ElementType from,
                                   std::vector<unsigned char> bytes) {
  if (to == from) return bytes;
  std::vector<unsigned char> out(bytes.size() / static_cast<std::size_t>(element_size(from)) *
                                 static_cast<std::size_t>(element_size(to)));
  data::with_type(to, [&]<class To>(To) {
    data::with_type(from, [&]<class From>(From) { convert<To, From>(bytes, out); });
  });
  return out;
}

void swap_elements(std::vector<unsigned char>& bytes, std::size_t width) {
  for (std::size_t at = 0; at + width <= bytes.size(); at += width)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
}

// A matrix whose tag has been read: its name, and the array if it is the wanted one.
std::string read_matrix(Bytes& from, bool swap, std::string_view wanted, NpzArray& out) {
  const Tag flags = read_tag(from, swap);
  std::uint32_t words[2] = {};
  if (flags.bytes != sizeof words || flags.small) throw Damage{"a matrix has no flags"};
  from.read(words, sizeof words);
  const std::uint32_t flag = turned(words[0], swap);
  const Tag dims = read_tag(from, swap);
  if (dims.bytes % 4 || dims.bytes / 4 < 1 || dims.bytes / 4 > most_dimensions)
    throw Damage{fmt::format("a matrix has {} bytes of dimensions", dims.bytes)};
  std::vector<std::int64_t> shape;
  for (std::uint32_t d = 0; d < dims.bytes / 4; ++d) {
    std::int32_t n = 0;
    from.read(&n, 4);
    n = turned(n, swap);
    if (n < 0) throw Damage{"a matrix has a negative dimension"};
    shape.push_back(n);
  }
  from.skip(dims.filling());
  const Tag named = read_tag(from, swap);
  constexpr std::uint32_t longest = 1024;
  if (named.bytes > longest) throw Damage{"a matrix has an impossible name"};
  std::string name(named.bytes, '\0');
  from.read(name.data(), name.size());
  from.skip(named.filling());
  if (name != wanted) return name;

  const int kind = static_cast<int>(flag & 0xff) - first_number_class;
  if (kind < 0)
    throw Damage{fmt::format("its array {} is {}; allowed are numbers", in_quotes(name),
                             other_classes[flag & 0xff])};
  if (kind >= static_cast<int>(std::size(classes)))
    throw Damage{fmt::format("its array {} is of an unknown class", in_quotes(name))};
  if (flag >> 8 & complex_flag)
    throw Damage{fmt::format("its array {} is of complex numbers", in_quotes(name))};
  out.name = name;
  out.type = classes[kind];
  out.shape = std::move(shape);
  const Tag numbers = read_tag(from, swap);
  const auto stored =
      numbers.type < std::size(element_types) ? element_types[numbers.type] : std::nullopt;
  if (!stored) throw Damage{fmt::format("its array {} has no numbers", in_quotes(name))};
  std::uint64_t bytes = static_cast<std::uint64_t>(element_size(*stored));
  for (const std::int64_t n : out.shape)
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(n), &bytes))
      throw Damage{"it has an impossible shape"};
  if (bytes != numbers.bytes)
    throw Damage{fmt::format("its array {} has {} bytes of numbers, where its dimensions need {}",
                             in_quotes(name), numbers.bytes, bytes)};
  out.bytes = from.take(bytes);
  if (swap) swap_elements(out.bytes, static_cast<std::size_t>(element_size(*stored)));
  out.bytes = as_type(out.type, *stored, std::move(out.bytes));
  return name;
}

// Of version 7.3: the dimensions stand there the other way round, which is their order in memory.
NpzArray read_hdf5(const std::string& path, std::string_view name) {
  const Hdf5Array array(path, std::string(name));
  NpzArray out;
  out.name = name;
  out.shape.assign(array.shape().rbegin(), array.shape().rend());
  out.type = array.bytes_alone()  ? ElementType::uint8
             : array.whole()      ? ElementType::int32
             : array.fits_float() ? ElementType::float32
                                  : ElementType::float64;
  std::uint64_t bytes = static_cast<std::uint64_t>(element_size(out.type));
  for (const std::int64_t n : out.shape)
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(n), &bytes) ||
        bytes > std::uint64_t{1} << 40)
      throw FileError(fmt::format("cannot read {}: its array {} has an impossible shape",
                                  path_in_quotes(path), in_quotes(name)));
  out.bytes.resize(bytes);
  array.read(0, array.shape()[0], out.type, out.bytes.data());
  return out;
}

}  // namespace

NpzArray read_mat_array(const std::string& path, std::string_view name) {
  const data::MappedFile file(path);
  const auto failed = [&](std::uint64_t at, const std::string& what) {
    return FileError(fmt::format("cannot read {}: {}, in the element at byte {}",
                                 path_in_quotes(path), what, at));
  };
  constexpr std::string_view hdf5 = "\x89HDF\r\n\x1a\n";
  constexpr std::size_t user_block = 512;
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.substr(std::min(user_block, text.size())).starts_with(hdf5) || text.starts_with(hdf5))
    return read_hdf5(path, name);
  if (text.size() < header_bytes || (text.substr(126, 2) != "IM" && text.substr(126, 2) != "MI"))
    throw FileError(fmt::format("cannot read {}: it is no .mat file of version 5 or 7.3",
                                path_in_quotes(path)));
  const bool little = text.substr(126, 2) == "IM";
  const bool swap = little != (std::endian::native == std::endian::little);
  std::vector<std::string> names;
  NpzArray found;
  std::size_t at = header_bytes;
  while (at < file.size()) {
    try {
      Bytes outside(file.data() + at, file.size() - at, false);
      const Tag tag = read_tag(outside, swap);
      const std::size_t begin = outside.position();
      outside.skip(tag.bytes);
      if (tag.type == packed || tag.type == matrix) {
        Bytes inside(file.data() + at + begin, tag.bytes, tag.type == packed);
        if (tag.type == packed && read_tag(inside, swap).type != matrix)
          throw Damage{"its packed data are no matrix"};
        if (tag.bytes > 0) names.push_back(read_matrix(inside, swap, name, found));
        if (!names.empty() && names.back() == name) return found;
      }
      // Of packed ones nothing fills up the last.
      at += begin + tag.bytes;
      if (tag.type != packed)
        at += static_cast<std::size_t>(std::min<std::uint64_t>(tag.filling(), file.size() - at));
    } catch (const Damage& damage) {
      throw failed(at, damage.what);
    }
  }
  throw NameError(fmt::format("{} has no array {}{}", path_in_quotes(path), in_quotes(name),
                              allowed_names(name, {names.begin(), names.end()})));
}

NpzArray row_major(NpzArray array) {
  if (array.shape.size() > 1)
    array.bytes = running::in_c_order(array.bytes, array.shape,
                                      static_cast<std::size_t>(element_size(array.type)));
  return array;
}

}  // namespace ansatz
