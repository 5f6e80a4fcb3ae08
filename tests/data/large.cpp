// Data sets that are not in memory take no more of it than some megabytes, whatever their size.
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/hdf5_set.hpp>

#include "temporary_file.hpp"

#include <hdf5.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// 784 floats each: 800 MB, of which the disk holds next to nothing.
constexpr std::int64_t rows_there = 255'000, width = 784;
// 500 MB for 20 GB, in the same proportion.
constexpr long most_kb = 20'000;

// A number of /proc/self/status, in kB; what is resident counts pages of mapped files, too.
long memory_kb(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (long kb = 0; word == what + ":" && status >> kb) return kb;
  return 0;
}
// How much the peak is above what there is now, after `use`.
template <class Use>
long grown_kb(Use use) {
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
  const long before = memory_kb("VmRSS");
  use();
  return memory_kb("VmHWM") - before;
}

// Reads all of it in a random order, and a part again in its own.
void walk(const std::shared_ptr<const BatchSource>& source) {
  RandomState rng(1);
  double sum = 0;
  BatchWalk shuffled(source, {"shuffled_sequential", 100, 0, &rng});
  CHECK(for_each_batch(shuffled, [&](const RowsView& rows) {
          sum += static_cast<const float*>(Table::direct(
              rows.columns[0], {rows.subset.start, 1, nullptr}, ElementType::float32))[0];
        }) == rows_there);
  BatchWalk in_order(source, {"sequential", 100, 1000, nullptr});
  CHECK(for_each_batch(in_order, [](const RowsView&) {}) == 100'000);
  CHECK(sum == 0);
}

}  // namespace

TEST_CASE("large: a mapped .npy file", "[data][large]") {
  const TemporaryFolder folder;
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (255000, 784), }";
  header.resize(117, ' ');
  const std::string path =
      folder.write("x.npy", std::string("\x93NUMPY\1\0\x76\0", 10) + header + "\n");
  std::filesystem::resize_file(path, 128 + rows_there * width * 4);
  const long grown = grown_kb([&] { walk(NpyDataset(path.c_str(), mmap_mode("r")).open()); });
  CAPTURE(grown);
  if (!ANSATZ_SANITIZED) CHECK(grown < most_kb);
}

TEST_CASE("large: an HDF5 file", "[data][large]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/x.h5";
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[] = {rows_there, width};
  const hid_t space = H5Screate_simple(2, shape, nullptr);
  const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  // So that its bytes are there, though none were written.
  H5Pset_alloc_time(how, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(how, H5D_FILL_TIME_NEVER);
  H5Dclose(H5Dcreate2(file, "x", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, how, H5P_DEFAULT));
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
  REQUIRE(std::filesystem::file_size(path) > static_cast<std::uintmax_t>(rows_there * width * 4));
  HDF5Dataset set(path.c_str());
  set.X = "x";
  const long grown = grown_kb([&] { walk(set.open()); });
  CAPTURE(grown);
  if (!ANSATZ_SANITIZED) CHECK(grown < most_kb);
}
