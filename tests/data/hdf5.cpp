// Data sets in HDF5 files.
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/sets/hdf5_set.hpp>
#include <ansatz/data/sets/svhn.hpp>
#include <ansatz/data/source.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/hdf5.hpp>
#include <ansatz/files/mat.hpp>
#include <ansatz/registry/job.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <hdf5.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// Written by the library itself, as h5py writes.
template <class T>
void write(const std::string& path, const char* name, std::vector<hsize_t> shape,
           const std::vector<T>& values, hid_t type, bool more = false, bool chunked = false) {
  const hid_t file = more ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                          : H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  if (chunked) {
    std::vector<hsize_t> chunk = shape;
    chunk[0] = 3;
    H5Pset_chunk(how, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_deflate(how, 6);
  }
  const hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
  H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(set);
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
}

// Ten examples: features [10, 4] in float, images [10, 2, 2, 1] of bytes, targets of int64.
std::string ten_examples(const TemporaryFolder& folder, bool chunked = false) {
  const std::string path = folder.path() + "/ten.h5";
  std::vector<float> x;
  std::vector<unsigned char> images;
  std::vector<std::int64_t> y;
  for (int i = 0; i < 40; ++i) x.push_back(static_cast<float>(i) / 2);
  for (int i = 0; i < 40; ++i) images.push_back(static_cast<unsigned char>(6 * i));
  for (int i = 0; i < 10; ++i) y.push_back(i % 3);
  write(path, "X", {10, 4}, x, H5T_NATIVE_FLOAT, false, chunked);
  write(path, "images", {10, 2, 2, 1}, images, H5T_NATIVE_UCHAR, true, chunked);
  write(path, "y", {10}, y, H5T_NATIVE_INT64, true);
  return path;
}

HDF5Dataset described(const std::string& path) {
  HDF5Dataset set(path.c_str());
  for (const char* source : {"X", "images", "y"}) set.sources.push_back(source);
  for (const char* alias : {"features", "pictures", "targets"}) set.aliases.push_back(alias);
  set.spaces.push_back(vector_space(4));
  set.spaces.push_back(conv2d_space(2, 2, 1));
  set.spaces.push_back(index_space(3));
  return set;
}

}  // namespace

TEST_CASE("hdf5: batches in any order, from the file or from memory", "[data][hdf5]") {
  const TemporaryFolder folder;
  for (const bool chunked : {false, true}) {
    HDF5Dataset set = described(ten_examples(folder, chunked));
    const auto table = set.load();
    REQUIRE(table->examples() == 10);
    CHECK(static_cast<const float*>(table->column("features").data)[39] == 19.5f);
    CHECK(static_cast<const float*>(table->column("pictures").data)[39] == 234.f);
    CHECK(static_cast<const std::int32_t*>(table->column("targets").data)[8] == 2);
    const auto source = set.open();
    CHECK(source->random_access());
    CHECK(source->examples() == 10);
    const auto cursor = source->open();
    const std::vector<std::int64_t> order = {7, 2, 3, 4, 0};
    const RowsView rows = cursor->read({0, 5, order.data()});
    REQUIRE(rows.size() == 5);
    for (std::size_t i = 0; i < order.size(); ++i) {
      CHECK(static_cast<const float*>(rows.columns[0].data)[4 * i + 1] ==
            static_cast<float>(4 * order[i] + 1) / 2);
      CHECK(static_cast<const std::int32_t*>(rows.columns[2].data)[i] == order[i] % 3);
    }
    CHECK_THAT(message_of<ValueError>([&] {
                 (void)cursor->read({8, 3, nullptr});
               }),
               Contains("example 10"));
  }
}

TEST_CASE("hdf5: examples of no numbers, and more examples than memory has room for",
          "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/odd.h5";
  write(path, "X", {40, 0}, std::vector<float>(), H5T_NATIVE_FLOAT);
  HDF5Dataset set(path.c_str());
  set.X = "X";
  CHECK_THAT(message_of<FileError>([&] { (void)set.load(); }),
             Contains("array 'X' has dimensions [40, 0], of which an example has no numbers"));
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const std::vector<hsize_t> shape = {hsize_t{1} << 61, 2}, chunk = {1024, 2};
  const hid_t space = H5Screate_simple(2, shape.data(), nullptr);
  const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(how, 2, chunk.data());
  H5Dclose(H5Dcreate2(file, "X", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, how, H5P_DEFAULT));
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
  CHECK_THAT(message_of<MemoryError>([&] {
               RandomState rng(1);
               BatchWalk(set.open(), {"shuffled_sequential", 5, 0, &rng});
             }),
             Contains("the order of 2305843009213693952 examples takes"));
}

TEST_CASE("hdf5: a filter that the library lacks may be why an array is not read", "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/filtered.h5";
  const H5Z_filter_t number = 300;
  H5Z_class2_t filter{};
  filter.version = H5Z_CLASS_T_VERS;
  filter.id = number;
  filter.encoder_present = filter.decoder_present = 1;
  filter.name = "as it is";
  filter.filter = [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*,
                     void**) { return bytes; };
  REQUIRE(H5Zregister(&filter) >= 0);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[] = {10, 4};
  const hid_t space = H5Screate_simple(2, shape, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(how, 2, shape);
  H5Pset_filter(how, number, H5Z_FLAG_MANDATORY, 0, nullptr);
  const hid_t set = H5Dcreate2(file, "X", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, how, H5P_DEFAULT);
  const std::vector<float> x(40, 1);
  H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x.data());
  H5Dclose(set);
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
  std::vector<float> found(40);
  const auto read = [&] { Hdf5Array(path, "X").read(0, 10, ElementType::float32, found.data()); };
  read();
  CHECK(found == x);
  REQUIRE(H5Zunregister(number) >= 0);
  CHECK_THAT(message_of<FileError>(read),
             Contains("damaged in rows 0 to 9, or compressed in a way that libhdf5 does not know"));
}

TEST_CASE("hdf5: an array that a link finds in another file is read from that file",
          "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string of_arrays = ten_examples(folder), of_links = folder.path() + "/links.h5";
  // Where the arrays lie in their own file there are other numbers in this one, or none.
  for (const hsize_t more : {hsize_t{1}, hsize_t{100000}}) {
    write(of_links, "other", {more}, std::vector<float>(more, 7), H5T_NATIVE_FLOAT);
    const hid_t file = H5Fopen(of_links.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    for (const char* name : {"X", "images", "y"})
      H5Lcreate_external("ten.h5", name, file, name, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("ten.h5", "/", file, "all", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/all/X", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    const auto expected = described(of_arrays).load(), table = described(of_links).load();
    for (const char* name : {"features", "pictures"}) {
      const auto* const found = static_cast<const float*>(table->column(name).data);
      const auto* const right = static_cast<const float*>(expected->column(name).data);
      CHECK(std::vector<float>(found, found + 40) == std::vector<float>(right, right + 40));
    }
    for (const char* name : {"all/X", "soft", "X"}) {
      std::vector<float> found(40);
      Hdf5Array(of_links, name).read(0, 10, ElementType::float32, found.data());
      CHECK(found[39] == 19.5f);
    }
  }
}

TEST_CASE("hdf5: Pylearn2's older form", "[data][hdf5]") {
  const TemporaryFolder folder;
  HDF5Dataset set(ten_examples(folder).c_str());
  set.topo_view = "images";
  set.y = "y";
  set.y_labels = 3;
  set.check();
  const auto table = set.load();
  CHECK(table->column("features").conv);
  CHECK(table->column("targets").labels == 3);
}

TEST_CASE("hdf5: a check compares the file's head with the model", "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = ten_examples(folder);
  const auto checked = [&](const char* arrays, const char* nvis) {
    LoadOptions options;
    options.check_only = true;
    return message_of<FileError>([&] {
      (void)load_job_text(
          "job.yaml",
          "!obj:Train {\n  dataset: !obj:HDF5Dataset { filename: " + path +
              ", y: y, y_labels: 3, " + arrays + " },\n  model: !obj:MLP { nvis: " + nvis +
              ", layers: [ !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },\n"
              "  algorithm: !obj:SGD { batch_size: 5, learning_rate: .1 }\n}\n",
          options);
    });
  };
  CHECK(checked("X: X", "4").empty());
  CHECK(checked("topo_view: images", "4").empty());
  CHECK_THAT(checked("X: X", "3"),
             Contains("job.yaml:2:12: ") && Contains("an example of \"features\" in ") &&
                 Contains("has 4 numbers, but examples of shape [3] are needed"));
}

TEST_CASE("hdf5: what is not there, or no numbers, is told with its name", "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = ten_examples(folder);
  const auto error = [](const HDF5Dataset& set) {
    return message_of<Error>([&] {
      set.check();
      (void)set.load();
    });
  };
  HDF5Dataset wrong = described(path);
  wrong.sources[0] = "x";
  CHECK_THAT(error(wrong), Contains("'x'") && Contains("X") && Contains("images"));
  wrong = described(path);
  wrong.spaces[0] = vector_space(5);
  CHECK_THAT(error(wrong), Contains("[10, 4]") && Contains("VectorSpace(5)"));
  wrong = described(path);
  wrong.spaces[2] = index_space(2);
  CHECK_THAT(error(wrong), Contains("array 'y'") && Contains("2"));
  wrong = described(path);
  wrong.aliases.pop_back();
  CHECK_THAT(error(wrong), Contains("2 aliases for 3 sources"));
  CHECK_THAT(error(described("/nowhere.h5")), Contains("/nowhere.h5"));
  CHECK_THAT(error(described(folder.write("text.h5", "no HDF5"))), Contains("no HDF5 file"));
  std::string cut;
  {
    std::ifstream in(path, std::ios::binary);
    cut.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (const std::size_t keep : {cut.size() / 4, cut.size() / 2, cut.size() - 8})
    CHECK_THAT(error(described(folder.write("cut.h5", cut.substr(0, keep)))), Contains("cut.h5"));
}

TEST_CASE("hdf5: numbers that are not finite are told with their example", "[data][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/nan.h5";
  std::vector<double> x(12, 1.);
  x[7] = __builtin_nan("");
  write(path, "X", {6, 2}, x, H5T_NATIVE_DOUBLE);
  HDF5Dataset set(path.c_str());
  set.X = "X";
  const auto source = set.open();
  const std::vector<std::int64_t> order = {5, 3, 0};
  CHECK_THAT(message_of<ValueError>([&] {
               (void)source->open()->read({0, 3, order.data()});
             }),
             Contains("example 3"));
  CHECK_THAT(message_of<ValueError>([&] { (void)set.load(); }), Contains("example 3"));
}

TEST_CASE("svhn: the HDF5 files that Pylearn2 makes", "[data][svhn][hdf5]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  std::filesystem::create_directories(folder.path() + "/SVHN/format2/h5");
  const std::string path = folder.path() + "/SVHN/format2/h5/valid_32x32.h5";
  // Example i has 100 i + c in channel c, but for row 2, column 3.
  std::vector<float> x, y;
  for (int i = 0; i < 2; ++i) {
    for (int p = 0; p < 3072; ++p)
      x.push_back(static_cast<float>(p % 1024 == 2 * 32 + 3 ? 7 : 100 * i + p / 1024));
    for (int k = 0; k < 10; ++k) y.push_back(k == 9 - i ? 1.f : 0.f);
  }
  const auto write_both = [&] {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "Data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    write(path, "/Data/X", {2, 3072}, x, H5T_NATIVE_FLOAT, true);
    write(path, "/Data/y", {2, 10}, y, H5T_NATIVE_FLOAT, true);
  };
  write_both();
  SVHN set("valid");
  CHECK(set.missing_file().empty());
  const auto table = set.load();
  REQUIRE(table->examples() == 2);
  const auto* const pixels = static_cast<const float*>(table->column("features").data);
  CHECK(std::vector<float>(pixels, pixels + 3) == std::vector<float>{0, 1, 2});
  CHECK(pixels[3072 + 5] == 102);
  CHECK(pixels[(2 * 32 + 3) * 3 + 1] == 7);
  const auto* const classes = static_cast<const std::int32_t*>(table->column("targets").data);
  CHECK(std::vector<std::int32_t>(classes, classes + 2) == std::vector<std::int32_t>{9, 8});
  set.start = 1;
  set.center = true;
  CHECK(static_cast<const float*>(set.load()->column("features").data)[0] == 100 - 127.5f);
  y[4] = 1;
  write_both();
  CHECK_THAT(message_of<FileError>([&] { (void)SVHN("valid").load(); }),
             Contains("targets of example 0") && Contains("one-hot"));
}

TEST_CASE("mat: version 7.3 is HDF5, whose dimensions are turned", "[data][mat][hdf5]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.mat";
  write<double>(path, "x", {2, 3}, {1, 2, 3, 4, 5, 6}, H5T_NATIVE_DOUBLE);
  write<unsigned char>(path, "images", {2, 1, 2, 2}, {'a', 'b', 'c', 'd', 'A', 'B', 'C', 'D'},
                       H5T_NATIVE_UCHAR, true);
  const NpzArray x = read_mat_array(path, "x");
  CHECK(x.shape == std::vector<std::int64_t>{3, 2});
  REQUIRE(x.data<double>());
  CHECK(std::vector<double>(x.data<double>(), x.data<double>() + 6) ==
        std::vector<double>{1, 2, 3, 4, 5, 6});
  const NpzArray images = row_major(read_mat_array(path, "images"));
  CHECK(images.shape == std::vector<std::int64_t>{2, 2, 1, 2});
  CHECK(std::string(images.bytes.begin(), images.bytes.end()) == "aAcCbBdD");
}
