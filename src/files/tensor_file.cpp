#include <ansatz/files/tensor_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <set>
#include <stdexcept>
#include <utility>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <ansatz/base/regular_file.hpp>
#include <ansatz/files/tensor_header.hpp>

#include "../base/json_lines.hpp"
#include "../dsl/utf8.hpp"

namespace ansatz {

using namespace serial;

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

namespace {

// ---------------------------------------------------------------------------- reading

/// A file or a piece of memory.
class SafetensorsSource {
 public:
  explicit SafetensorsSource(const std::string& path) : path_(path) {
    RegularFile opened = open_regular(path);
    if (!opened.file)
      fail(opened.missing() ? "no such file"
           : opened.error   ? fmt::format("cannot be read ({})", opened.why)
                            : opened.why);
    file_ = std::move(opened.file);
    size_ = static_cast<std::uint64_t>(opened.size);
  }
  SafetensorsSource(std::string_view bytes, const std::string& path)
      : path_(path), memory_(bytes.data()), size_(bytes.size()) {}
  SafetensorsSource(const SafetensorsSource&) = delete;

  std::uint64_t size() const { return size_; }

  /// The caller has made sure that they are there.
  void read(std::uint64_t at, void* out, std::size_t size) const {
    if (memory_) {
      if (size > 0) std::memcpy(out, memory_ + at, size);
      return;
    }
    char* to = static_cast<char*>(out);
    while (size > 0) {
      const ssize_t got = ::pread(file_.get(), to, size, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        fail(fmt::format("reading stopped at byte {} of {} ({})", at, size_,
                         got < 0 ? std::strerror(errno) : "the file has become shorter"));
      to += got;
      at += static_cast<std::uint64_t>(got);
      size -= static_cast<std::size_t>(got);
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(fmt::format("{}: {}", path_, what));
  }

 private:
  const std::string& path_;
  const char* memory_ = nullptr;
  Descriptor file_;
  std::uint64_t size_ = 0;
};

std::string read_header_text(const SafetensorsSource& source) {
  if (source.size() == 0) source.fail("empty (0 bytes)");
  if (source.size() < length_bytes + 2)
    source.fail(fmt::format("{} bytes, which is too short for any file of tensors", source.size()));
  char begin[length_bytes + 1];
  source.read(0, begin, sizeof begin);
  std::uint64_t length = 0;
  std::memcpy(&length, begin, length_bytes);
  if (begin[length_bytes] != '{' || length > most_header || length < 2)
    source.fail(
        fmt::format("not a file of tensors (safetensors): {}", kind_of({begin, length_bytes})));
  if (length > source.size() - length_bytes)
    source.fail(fmt::format("truncated: the header takes bytes {} to {}, but the file ends at {}",
                            length_bytes, length_bytes + length, source.size()));
  std::string text(length, '\0');
  source.read(length_bytes, text.data(), text.size());
  return text;
}

/// Compares and removes the checksum of the header; true when it has one.
bool verify_header(TensorHeader& header, const SafetensorsSource& source) {
  const bool of_ours =
      std::any_of(header.metadata.begin(), header.metadata.end(),
                  [](const auto& entry) { return entry.first.starts_with("ansatz."); });
  if (of_ours && !header.metadata.contains(std::string(header_checksum)))
    source.fail("the header's checksum is missing: the file is damaged");
  return header.metadata.erase(std::string(header_checksum)) > 0;
}

void verify_tensor(TensorHeader& header, const NamedTensor& tensor, bool must_have,
                   const SafetensorsSource& source) {
  const auto at = header.metadata.find(std::string(tensor_checksum) + tensor.name);
  if (at == header.metadata.end()) {
    if (must_have)
      source.fail(
          fmt::format("tensor {} has no checksum: the file is damaged", in_quotes(tensor.name)));
    return;
  }
  const std::string found = checksum_of(tensor.bytes.data(), tensor.bytes.size());
  if (found != at->second)
    source.fail(fmt::format("tensor {} is damaged: its checksum is {}, where {} is written",
                            in_quotes(tensor.name), found, in_quotes(at->second)));
  header.metadata.erase(at);
}

bool all(std::string_view) { return true; }
bool none(std::string_view) { return false; }

TensorFile read_from(const SafetensorsSource& source, const std::string& path, Checksums checksums,
                     bool (*wanted)(std::string_view) = all) {
  const bool verify = checksums == Checksums::verify;
  const std::string text = read_header_text(source);
  const bool begins_as_ours =
      text.starts_with(header_begin) && text.size() > header_begin.size() + checksum_digits;
  if (verify && begins_as_ours &&
      checksum_of_header(text) != text.substr(header_begin.size(), checksum_digits))
    source.fail("the header is damaged: its checksum differs from the one that is written");
  TensorHeader header = parse_header(text, path);
  const std::uint64_t data = length_bytes + text.size();
  check_layout(header, source.size() - data, path);

  bool complete = false;
  if (verify) {
    complete = verify_header(header, source);
    if (complete && !begins_as_ours)
      source.fail(
          "another program wrote this file and kept Ansatz's checksums: leave out the "
          "metadata ansatz.header_crc32 and ansatz.crc32.*");
  }
  TensorFile out;
  for (TensorEntry& entry : header.tensors) {
    NamedTensor& tensor = out.tensors.emplace_back();
    tensor.name = std::move(entry.name);
    tensor.type = entry.type;
    tensor.shape = std::move(entry.shape);
    if (!wanted(tensor.name)) continue;
    tensor.bytes.resize(entry.end - entry.begin);
    source.read(data + entry.begin, tensor.bytes.data(), tensor.bytes.size());
    if (verify) verify_tensor(header, tensor, complete, source);
  }
  std::erase_if(header.metadata, [](const auto& entry) {
    return entry.first == header_checksum || entry.first.starts_with(tensor_checksum);
  });
  out.metadata = std::move(header.metadata);
  return out;
}

// ---------------------------------------------------------------------------- writing

std::uint64_t elements(const std::vector<std::int64_t>& shape) {
  std::uint64_t n = 1;
  for (const std::int64_t d : shape)
    if (d < 0 || __builtin_mul_overflow(n, static_cast<std::uint64_t>(d), &n))
      throw ValueError(fmt::format("a tensor cannot have the shape {}", shape));
  return n;
}

void check_text(std::string_view what, const std::string& key, const std::string& text) {
  const std::size_t at = utf8::first_fault(text);
  if (at < text.size())
    throw ValueError(fmt::format("{} {} is not UTF-8 at byte {}", what, in_quotes(key), at));
}

void check(const TensorFile& file) {
  std::set<std::string_view> names;
  for (const NamedTensor& t : file.tensors) {
    if (t.name.empty() || t.name == "__metadata__")
      throw NameError(fmt::format("{} cannot name a tensor", in_quotes(t.name)));
    check_text("the name of tensor", t.name, t.name);
    if (!names.insert(t.name).second)
      throw NameError(fmt::format("two tensors are named {}", in_quotes(t.name)));
    if (elements(t.shape) * static_cast<std::uint64_t>(element_size(t.type)) != t.bytes.size())
      throw ValueError(fmt::format("tensor {} has {} bytes, which is not its shape {} of {}",
                                   in_quotes(t.name), t.bytes.size(), t.shape,
                                   safetensors_type(t.type)));
  }
  for (const auto& [key, text] : file.metadata) {
    if (key == header_checksum || key.starts_with(tensor_checksum))
      throw NameError(fmt::format("the metadata key {} is kept for checksums", in_quotes(key)));
    check_text("the metadata key", key, key);
    check_text("the metadata", key, text);
  }
}

/// Large elements first: each tensor begins at a multiple of its element's size, without holes.
std::vector<const NamedTensor*> order_of_bytes(const TensorFile& file) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& t : file.tensors) order.push_back(&t);
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return element_size(a->type) > element_size(b->type);
  });
  return order;
}

/// The header and, before it, its length.
std::string begin_of(const TensorFile& file, const std::vector<const NamedTensor*>& order,
                     bool only_size = false) {
  std::map<std::string_view, std::uint64_t> begins;
  std::uint64_t end = 0;
  for (const NamedTensor* t : order) {
    begins[t->name] = end;
    end += t->bytes.size();
  }
  const std::string no_checksum(checksum_digits, '0');
  OrderedJson metadata{{header_checksum, no_checksum}};
  for (const auto& [key, text] : file.metadata) add_key(metadata, key, text);
  for (const NamedTensor& t : file.tensors)
    add_key(metadata, std::string(tensor_checksum) + t.name,
            only_size ? no_checksum : checksum_of(t.bytes.data(), t.bytes.size()));
  OrderedJson header{{"__metadata__", std::move(metadata)}};
  for (const NamedTensor& t : file.tensors) {
    const std::uint64_t begin = begins[t.name];
    add_key(header, t.name,
            {{"dtype", safetensors_type(t.type)},
             {"shape", t.shape},
             {"data_offsets", {begin, begin + t.bytes.size()}}});
  }
  std::string out = header.dump();
  out.append((8 - out.size() % 8) % 8, ' ');
  if (out.size() > most_header)
    throw ValueError(fmt::format("names and metadata take {} bytes; at most {} fit into a header",
                                 out.size(), most_header));
  out.replace(header_begin.size(), checksum_digits, checksum_of_header(out));
  const std::uint64_t length = out.size();
  return out.insert(0, reinterpret_cast<const char*>(&length), sizeof length);
}

}  // namespace

NamedTensor::NamedTensor(std::string its_name, ElementType its_type,
                         std::vector<std::int64_t> its_shape, const void* values)
    : name(std::move(its_name)), type(its_type), shape(std::move(its_shape)) {
  bytes.resize(elements(shape) * static_cast<std::uint64_t>(element_size(type)));
  if (!bytes.empty()) std::memcpy(bytes.data(), values, bytes.size());
}

const NamedTensor* TensorFile::find(std::string_view name) const {
  const auto at = std::find_if(tensors.begin(), tensors.end(),
                               [&](const NamedTensor& t) { return t.name == name; });
  return at == tensors.end() ? nullptr : &*at;
}

TensorFile read_tensor_header(const std::string& path) {
  return read_from(SafetensorsSource(path), path, Checksums::verify, none);
}

std::string saved_kind(const std::string& path) {
  const TensorFile file = read_tensor_header(path);
  const auto kind = file.metadata.find(saved_kind_key);
  return kind == file.metadata.end() ? "" : kind->second;
}

TensorFile serial::read_tensors(const std::string& path, bool (*wanted)(std::string_view)) {
  return read_from(SafetensorsSource(path), path, Checksums::verify, wanted);
}

TensorFile read_tensor_file(const std::string& path, Checksums checksums) {
  try {
    return read_from(SafetensorsSource(path), path, checksums);
  } catch (const std::bad_alloc&) {
    throw MemoryError(fmt::format("{}: its tensors do not fit into memory", path));
  }
}

TensorFile parse_tensor_file(std::string_view bytes, const std::string& path, Checksums checksums) {
  return read_from(SafetensorsSource(bytes, path), path, checksums);
}

void write_tensor_file(const std::string& path, const TensorFile& file, Overwrite overwrite,
                       Replaces what) {
  check(file);
  const std::vector<const NamedTensor*> order = order_of_bytes(file);
  const std::string begin = begin_of(file, order);
  AtomicFile out(path, overwrite, what);
  out.write(begin.data(), begin.size());
  for (const NamedTensor* t : order) out.write(t->bytes.data(), t->bytes.size());
  out.commit();
}

std::int64_t tensor_file_size(const TensorFile& file) {
  check(file);
  const std::vector<const NamedTensor*> order = order_of_bytes(file);
  std::int64_t size = std::ssize(begin_of(file, order, true));
  for (const NamedTensor* t : order) size += std::ssize(t->bytes);
  return size;
}

std::string tensor_file_bytes(const TensorFile& file) {
  check(file);
  const std::vector<const NamedTensor*> order = order_of_bytes(file);
  std::string out = begin_of(file, order);
  for (const NamedTensor* t : order)
    out.append(reinterpret_cast<const char*>(t->bytes.data()), t->bytes.size());
  return out;
}

}  // namespace ansatz
