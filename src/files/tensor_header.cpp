#include <ansatz/files/tensor_header.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

namespace ansatz::serial {

namespace {

constexpr const char* type_names[] = {"F32", "F64", "I8",  "I16", "I32",
                                      "I64", "U8",  "U16", "U32", "U64"};
constexpr std::size_t most_dims = 64;

/// Takes the header token by token, so that nothing but the few forms of safetensors is ever kept
/// in memory, and names given twice are seen.
class HeaderReader {
 public:
  HeaderReader(TensorHeader& out, const std::string& path) : out_(out), path_(path) {}

  bool start_object(std::size_t) {
    if (place_ == Place::start) return go(Place::root);
    if (place_ != Place::entry) unexpected("an object");
    if (in_metadata_) return go(Place::metadata);
    out_.tensors.emplace_back().name = name_;
    has_type_ = has_shape_ = has_offsets_ = false;
    return go(Place::tensor);
  }

  bool end_object() {
    if (place_ == Place::tensor) {
      if (!has_type_) wrong("has no dtype");
      if (!has_shape_) wrong("has no shape");
      if (!has_offsets_) wrong("has no data_offsets");
    }
    return go(place_ == Place::root ? Place::end : Place::root);
  }

  bool key(std::string& key) {
    switch (place_) {
      case Place::root:
        return start_entry(key);
      case Place::metadata:
        if (out_.metadata.contains(key))
          fail(fmt::format("the metadata key {} is given twice", in_quotes(key)));
        key_ = key;
        return go(Place::metadata_value);
      default:
        break;
    }
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      wrong(fmt::format("has the unknown key {}{}", in_quotes(key),
                        allowed_names(key, {"dtype", "shape", "data_offsets"})));
    bool& seen = key == "dtype" ? has_type_ : key == "shape" ? has_shape_ : has_offsets_;
    if (seen) wrong(fmt::format("has its {} twice", key));
    seen = true;
    return go(key == "dtype"   ? Place::type
              : key == "shape" ? Place::before_shape
                               : Place::before_offsets);
  }

  bool string(std::string& text) {
    if (place_ == Place::metadata_value) {
      out_.metadata.emplace(std::move(key_), std::move(text));
      return go(Place::metadata);
    }
    if (place_ != Place::type) unexpected(fmt::format("the text {}", in_quotes(text)));
    const auto at = std::find(std::begin(type_names), std::end(type_names), text);
    if (at == std::end(type_names))
      wrong(fmt::format("has the dtype {}; read are {}", in_quotes(text),
                        fmt::join(type_names, ", ")));
    tensor().type = static_cast<ElementType>(at - std::begin(type_names));
    return go(Place::tensor);
  }

  bool start_array(std::size_t) {
    if (place_ == Place::before_shape) return go(Place::shape);
    if (place_ != Place::before_offsets) unexpected("a list");
    offsets_ = 0;
    return go(Place::offsets);
  }

  bool end_array() {
    if (place_ == Place::offsets) {
      if (offsets_ != 2) wrong(fmt::format("has {} data_offsets, where 2 belong", offsets_));
      if (tensor().begin > tensor().end)
        wrong(fmt::format("has the data_offsets [{}, {}], which run backwards", tensor().begin,
                          tensor().end));
    }
    return go(Place::tensor);
  }

  bool number_unsigned(std::uint64_t n) {
    if (place_ == Place::shape) {
      if (n > INT64_MAX || tensor().shape.size() == most_dims) wrong("has an impossible shape");
      tensor().shape.push_back(static_cast<std::int64_t>(n));
    } else if (place_ == Place::offsets) {
      if (offsets_ == 2) wrong("has more than 2 data_offsets");
      (offsets_++ == 0 ? tensor().begin : tensor().end) = n;
    } else {
      unexpected(fmt::format("the number {}", n));
    }
    return true;
  }
  bool number_integer(std::int64_t n) { unexpected(fmt::format("the number {}", n)); }
  bool number_float(double, const std::string& text) {
    unexpected(fmt::format("the number {}", in_quotes(text)));
  }
  bool boolean(bool value) { unexpected(value ? "true" : "false"); }
  bool null() { unexpected("null"); }
  bool binary(std::vector<std::uint8_t>&) { unexpected("binary data"); }

  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) {
    fail(fmt::format("the header is not JSON in UTF-8 at byte {}: it is damaged",
                     length_bytes + std::max<std::size_t>(at, 1) - 1));
  }

 private:
  enum class Place : std::uint8_t {
    start,
    root,
    entry,
    metadata,
    metadata_value,
    tensor,
    type,
    before_shape,
    shape,
    before_offsets,
    offsets,
    end
  };

  TensorEntry& tensor() { return out_.tensors.back(); }
  bool go(Place place) {
    place_ = place;
    return true;
  }

  bool start_entry(const std::string& name) {
    if (name.empty()) fail("a tensor has no name");
    in_metadata_ = name == "__metadata__";
    if (in_metadata_) {
      if (has_metadata_) fail("__metadata__ is given twice");
      has_metadata_ = true;
    } else if (!names_.emplace(name, true).second) {
      fail(fmt::format("tensor {} is given twice", in_quotes(name)));
    }
    name_ = name;
    return go(Place::entry);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(fmt::format("{}: {}", path_, what));
  }
  [[noreturn]] void wrong(const std::string& what) const {
    fail(fmt::format("tensor {} {}", in_quotes(name_), what));
  }
  [[noreturn]] void unexpected(const std::string& what) const {
    switch (place_) {
      case Place::metadata_value:
        fail(fmt::format("the metadata {} is {}, where a text belongs", in_quotes(key_), what));
      case Place::entry:
        if (in_metadata_) fail(fmt::format("__metadata__ is {}, where an object belongs", what));
        wrong(fmt::format("is {}, where an object belongs", what));
      case Place::type:
        wrong(fmt::format("has {} as dtype, where a text belongs", what));
      case Place::before_shape:
      case Place::shape:
        wrong(fmt::format("has {} as or in its shape, a list of sizes", what));
      case Place::before_offsets:
      case Place::offsets:
        wrong(fmt::format("has {} as or in its data_offsets, a list of 2 places", what));
      default:
        fail(fmt::format("the header is {}, where an object belongs", what));
    }
  }

  TensorHeader& out_;
  const std::string& path_;
  std::map<std::string, bool> names_;
  Place place_ = Place::start;
  std::string name_, key_;
  bool in_metadata_ = false, has_metadata_ = false;
  bool has_type_ = false, has_shape_ = false, has_offsets_ = false;
  int offsets_ = 0;
};

/// Bytes of a tensor; throws when 64 bits do not hold their number.
std::uint64_t bytes_of(const TensorEntry& tensor, const std::string& path) {
  if (std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end()) return 0;
  auto bytes = static_cast<std::uint64_t>(element_size(tensor.type));
  for (const std::int64_t n : tensor.shape)
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(n), &bytes))
      throw FileError(fmt::format("{}: tensor {} of shape {} has more than 2^64 bytes", path,
                                  in_quotes(tensor.name), tensor.shape));
  return bytes;
}

}  // namespace

const char* safetensors_type(ElementType type) { return type_names[static_cast<int>(type)]; }

TensorHeader parse_header(std::string_view text, const std::string& path) {
  TensorHeader out;
  HeaderReader reader(out, path);
  nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return out;
}

void check_layout(const TensorHeader& header, std::uint64_t data_bytes, const std::string& path) {
  std::vector<const TensorEntry*> order;
  for (const TensorEntry& t : header.tensors) {
    const std::uint64_t needed = bytes_of(t, path);
    if (t.end - t.begin != needed)
      throw FileError(fmt::format(
          "{}: tensor {} has {} bytes (data_offsets [{}, {}]), but {} of shape {} has {}", path,
          in_quotes(t.name), t.end - t.begin, t.begin, t.end, safetensors_type(t.type), t.shape,
          needed));
    order.push_back(&t);
  }
  std::sort(order.begin(), order.end(), [](const TensorEntry* a, const TensorEntry* b) {
    return a->begin != b->begin ? a->begin < b->begin : a->end < b->end;
  });
  std::uint64_t end = 0;
  for (const TensorEntry* t : order) {
    if (t->begin < end)
      throw FileError(fmt::format("{}: tensor {} overlaps another one at byte {} of the data", path,
                                  in_quotes(t->name), t->begin));
    if (t->begin > end)
      throw FileError(fmt::format("{}: {} bytes before tensor {} belong to no tensor", path,
                                  t->begin - end, in_quotes(t->name)));
    if (t->end > data_bytes)
      throw FileError(
          fmt::format("{}: truncated: tensor {} needs bytes {} to {} of the data, but only {} "
                      "bytes are there",
                      path, in_quotes(t->name), t->begin, t->end, data_bytes));
    end = t->end;
  }
  if (end < data_bytes)
    throw FileError(fmt::format("{}: {} bytes follow the last tensor", path, data_bytes - end));
}

std::string kind_of(std::string_view begin) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"\x1f\x8b", "gzip data; unpack the file first"},
      {"PK\x03\x04", "a zip archive, perhaps .npz or PyTorch's"},
      {"\x93NUMPY", "a NumPy array (.npy)"},
      {"\x89HDF", "HDF5"},
      {"ccopy_re", "a Python pickle, which is never read (reading one runs code)"},
      {std::string_view("\0\0\x08", 3), "an IDX file, as of MNIST"}};
  begin = begin.substr(0, 8);
  for (const auto& [magic, kind] : kinds)
    if (begin.starts_with(magic)) return fmt::format("it is {}", kind);
  if (begin.size() > 1 && begin[0] == '\x80' && begin[1] >= 2 && begin[1] <= 5)
    return "it is a Python pickle, which is never read (reading one runs code)";
  if (std::all_of(begin.begin(), begin.end(),
                  [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r'; }))
    return "it is text";
  const auto* const bytes = reinterpret_cast<const unsigned char*>(begin.data());
  return fmt::format("it begins with {:02x}", fmt::join(bytes, bytes + begin.size(), " "));
}

std::string checksum_of(const void* bytes, std::size_t size) {
  return fmt::format("{:08x}", crc32_z(0, static_cast<const Bytef*>(bytes), size));
}

std::string checksum_of_header(std::string_view text) {
  std::string copy(text);
  copy.replace(header_begin.size(), checksum_digits, checksum_digits, '0');
  return checksum_of(copy.data(), copy.size());
}

}  // namespace ansatz::serial
