#include <ansatz/files/hdf5.hpp>

#include <ansatz/base/regular_file.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/read_at.hpp>
#include <dsl/in_quotes.hpp>

#include <dlfcn.h>
#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

namespace ansatz {

namespace {

// Loaded when a file is opened: with the thirty libraries it brings along (it can read from the
// web), libhdf5 would cost every start of every program 10 ms.
struct Library {
  decltype(&H5open) open;
  decltype(&H5Eset_auto2) set_errors;
  decltype(&H5Fopen) open_file;
  decltype(&H5Fclose) close_file;
  decltype(&H5Lexists) has_link;
  decltype(&H5Ovisit2) visit;
  decltype(&H5Oget_info2) facts_of;
  decltype(&H5Dopen2) open_array;
  decltype(&H5Dclose) close_array;
  decltype(&H5Dget_type) type_of;
  decltype(&H5Dget_space) space_of;
  decltype(&H5Dread) read;
  decltype(&H5Dget_offset) place_of;
  decltype(&H5Tequal) same_type;
  decltype(&H5Tclose) close_type;
  decltype(&H5Tget_class) class_of;
  decltype(&H5Tget_size) size_of;
  decltype(&H5Tget_sign) sign_of;
  decltype(&H5Sclose) close_space;
  decltype(&H5Screate_simple) create_space;
  decltype(&H5Sget_simple_extent_ndims) rank_of;
  decltype(&H5Sget_simple_extent_dims) sizes_of;
  decltype(&H5Sselect_hyperslab) select;
  hid_t float32, float64, int32, uint8;  // its names of the types in memory
};

Library load_libhdf5() {
  void* const library = ::dlopen(ANSATZ_HDF5_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Error(
        fmt::format("reading HDF5 files needs libhdf5 (Debian: libhdf5-103): {}", ::dlerror()));
  const auto find = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    if (!function) throw Error(fmt::format("libhdf5 has no function {}", name));
  };
  Library l{};
  find(l.open, "H5open");
  find(l.set_errors, "H5Eset_auto2");
  find(l.open_file, "H5Fopen");
  find(l.close_file, "H5Fclose");
  find(l.has_link, "H5Lexists");
  find(l.visit, "H5Ovisit2");
  find(l.facts_of, "H5Oget_info2");
  find(l.open_array, "H5Dopen2");
  find(l.close_array, "H5Dclose");
  find(l.type_of, "H5Dget_type");
  find(l.space_of, "H5Dget_space");
  find(l.read, "H5Dread");
  find(l.place_of, "H5Dget_offset");
  find(l.same_type, "H5Tequal");
  find(l.close_type, "H5Tclose");
  find(l.class_of, "H5Tget_class");
  find(l.size_of, "H5Tget_size");
  find(l.sign_of, "H5Tget_sign");
  find(l.close_space, "H5Sclose");
  find(l.create_space, "H5Screate_simple");
  find(l.rank_of, "H5Sget_simple_extent_ndims");
  find(l.sizes_of, "H5Sget_simple_extent_dims");
  find(l.select, "H5Sselect_hyperslab");
  if (l.open() < 0) throw Error("libhdf5 cannot be started");
  // A program that is linked with the library has the variables in its own memory.
  const auto type = [&](const char* name) {
    const auto* id = static_cast<const hid_t*>(::dlsym(RTLD_DEFAULT, name));
    if (!id) find(id, name);
    return *id;
  };
  l.float32 = type("H5T_NATIVE_FLOAT_g");
  l.float64 = type("H5T_NATIVE_DOUBLE_g");
  l.int32 = type("H5T_NATIVE_INT32_g");
  l.uint8 = type("H5T_NATIVE_UINT8_g");
  return l;
}

const Library& hdf5() {
  static const Library library = load_libhdf5();
  return library;
}

// The library is not built for threads.
std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}
// Held while the library is called; errors are told by what it returns, not on stderr.
class Use {
 public:
  Use() : lock_(one_at_a_time()) { hdf5().set_errors(H5E_DEFAULT, nullptr, nullptr); }

 private:
  std::scoped_lock<std::mutex> lock_;
};

// An identifier of the library, given back at its end.
class Id {
 public:
  Id() = default;
  Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Id& operator=(Id&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Id() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  bool good() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

// H5F_ACC_RDONLY, whose macro calls the library.
constexpr unsigned read_only = 0;

std::vector<std::string> arrays_in(hid_t file) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5O_info_t* info, void* to) -> herr_t {
    if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(to)->push_back(name);
    return 0;
  };
  hdf5().visit(file, H5_INDEX_NAME, H5_ITER_NATIVE, add, &names, H5O_INFO_BASIC);
  return names;
}

hid_t memory_type(ElementType type) {
  switch (type) {
    case ElementType::float64:
      return hdf5().float64;
    case ElementType::int32:
      return hdf5().int32;
    case ElementType::uint8:
      return hdf5().uint8;
    default:
      return hdf5().float32;
  }
}

// An array may be that of another file, to which a link of this one leads.
bool in_file(hid_t array, hid_t file) {
  H5O_info_t of_array{}, of_file{};
  return hdf5().facts_of(array, &of_array, H5O_INFO_BASIC) >= 0 &&
         hdf5().facts_of(file, &of_file, H5O_INFO_BASIC) >= 0 && of_array.fileno == of_file.fileno;
}

}  // namespace

struct Hdf5Array::Handles {
  Id file, set, type;
  // Where rows lie one after the other, as they do in memory, the system reads them in a tenth of
  // the library's time: from which byte on, and as what.
  serial::Descriptor bytes_of_file;
  std::int64_t place = -1;
  ElementType as_it_lies = ElementType::float32;
  std::vector<std::int64_t> shape;
  bool whole = false, positive = false;
  std::size_t bytes = 0;  // of an element
};

Hdf5Array::Hdf5Array(const std::string& path, const std::string& name)
    : path_(path), name_(name), handles_(std::make_unique<Handles>()) {
  // For its errors: the library tells none apart.
  serial::RegularFile regular = serial::open_regular(path);
  if (!regular.file)
    throw FileError(fmt::format("cannot read {}: {}", path_in_quotes(path),
                                regular.why.empty() ? std::strerror(regular.error) : regular.why));
  const Use use;
  const auto failed = [&](std::string_view what) {
    return FileError(fmt::format("cannot read {}: {}", path_in_quotes(path), what));
  };
  handles_->file = Id(hdf5().open_file(path.c_str(), read_only, H5P_DEFAULT), hdf5().close_file);
  if (!handles_->file.good()) throw failed("it is no HDF5 file, or damaged");
  if (hdf5().has_link(handles_->file, name.c_str(), H5P_DEFAULT) > 0)
    handles_->set =
        Id(hdf5().open_array(handles_->file, name.c_str(), H5P_DEFAULT), hdf5().close_array);
  if (!handles_->set.good()) {
    const std::vector<std::string> names = arrays_in(handles_->file);
    throw NameError(fmt::format("{} has no array {}{}", path, in_quotes(name),
                                allowed_names(name, {names.begin(), names.end()})));
  }
  handles_->type = Id(hdf5().type_of(handles_->set), hdf5().close_type);
  const H5T_class_t kind = hdf5().class_of(handles_->type);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT)
    throw failed(fmt::format("its array {} holds no numbers; allowed are integers and floats",
                             in_quotes(name)));
  handles_->whole = kind == H5T_INTEGER;
  handles_->bytes = hdf5().size_of(handles_->type);
  handles_->positive = handles_->whole && hdf5().sign_of(handles_->type) == H5T_SGN_NONE;
  const Id space(hdf5().space_of(handles_->set), hdf5().close_space);
  const int rank = hdf5().rank_of(space);
  std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank < 1 || hdf5().sizes_of(space, sizes.data(), nullptr) < 0)
    throw failed(fmt::format("its array {} has no dimension", in_quotes(name)));
  for (const hsize_t n : sizes) handles_->shape.push_back(static_cast<std::int64_t>(n));
  // Of an array of another file the library tells the place in that one.
  const haddr_t place =
      in_file(handles_->set, handles_->file) ? hdf5().place_of(handles_->set) : HADDR_UNDEF;
  for (const ElementType type : {ElementType::float32, ElementType::float64, ElementType::int32})
    if (place != HADDR_UNDEF && hdf5().same_type(handles_->type, memory_type(type)) > 0) {
      handles_->place = static_cast<std::int64_t>(place);
      handles_->as_it_lies = type;
      handles_->bytes_of_file = std::move(regular.file);
    }
}

Hdf5Array::~Hdf5Array() {
  const Use use;
  handles_.reset();
}

const std::vector<std::int64_t>& Hdf5Array::shape() const { return handles_->shape; }
bool Hdf5Array::whole() const { return handles_->whole; }
bool Hdf5Array::bytes_alone() const { return handles_->positive && handles_->bytes == 1; }
bool Hdf5Array::fits_float() const { return handles_->bytes <= (handles_->whole ? 2u : 4u); }

void Hdf5Array::read(std::int64_t first, std::int64_t count, ElementType as, void* out) const {
  if (count == 0) return;
  const auto damaged = [&](std::string_view or_else = "") {
    return FileError(fmt::format("cannot read {}: its array {} is damaged in rows {} to {}{}",
                                 path_in_quotes(path_), in_quotes(name_), first, first + count - 1,
                                 or_else));
  };
  if (handles_->place >= 0 && as == handles_->as_it_lies) {
    std::int64_t row = element_size(as), at = 0, bytes = 0;
    bool there = true;
    for (std::size_t d = 1; d < handles_->shape.size(); ++d)
      there = there && !__builtin_mul_overflow(row, handles_->shape[d], &row);
    there = there && !__builtin_mul_overflow(row, first, &at) &&
            !__builtin_add_overflow(at, handles_->place, &at) &&
            !__builtin_mul_overflow(row, count, &bytes);
    if (!there ||
        data::read_at(handles_->bytes_of_file.get(), at, out, static_cast<std::size_t>(bytes),
                      path_) < static_cast<std::size_t>(bytes))
      throw damaged();
    return;
  }
  const Use use;
  const std::size_t rank = handles_->shape.size();
  std::vector<hsize_t> start(rank), size;
  for (const std::int64_t n : handles_->shape) size.push_back(static_cast<hsize_t>(n));
  start[0] = static_cast<hsize_t>(first);
  size[0] = static_cast<hsize_t>(count);
  const Id on_file(hdf5().space_of(handles_->set), hdf5().close_space);
  const Id in_memory(hdf5().create_space(static_cast<int>(rank), size.data(), nullptr),
                     hdf5().close_space);
  if (hdf5().select(on_file, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0 ||
      hdf5().read(handles_->set, memory_type(as), in_memory, on_file, H5P_DEFAULT, out) < 0)
    throw damaged(", or compressed in a way that libhdf5 does not know here");
}

}  // namespace ansatz
