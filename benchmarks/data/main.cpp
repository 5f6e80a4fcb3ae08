// A data set far larger than the memory that training may take: makes one as .npy and as HDF5,
// trains on it, and tells how much memory that took.
//
//     bench_data ANSATZ [--gigabytes 20] [--folder DIR] [--epochs 1]
//
// ANSATZ is the program; each job runs in a process of its own. What is told is the peak of its
// resident memory as the system counts it (ru_maxrss), which includes the pages of mapped files
// that are in memory at the time: an upper bound of what the process needs.
#include <hdf5.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr std::int64_t width = 784, classes = 10, at_once = 20'000;

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

// Rows that can be learned from: noise, and a step of a fifth in the features of their class.
struct Rows {
  std::vector<float> x = std::vector<float>(at_once * width);
  std::vector<std::int32_t> y = std::vector<std::int32_t>(at_once);
  Rows() {
    std::mt19937 random(1);
    for (std::int64_t i = 0; i < at_once; ++i) {
      y[std::size_t(i)] = static_cast<std::int32_t>(i % classes);
      for (std::int64_t k = 0; k < width; ++k)
        x[std::size_t(i * width + k)] =
            static_cast<float>(random() % 256) / 256 + (k % classes == i % classes ? .2f : 0.f);
    }
  }
};

// What numpy.save writes before the elements.
std::string npy_header(const std::string& descr, const std::string& shape) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\1\0\x76\0", 10) + header + '\n';
}

void write_npy(const std::string& folder, const Rows& rows, std::int64_t examples) {
  std::ofstream x(folder + "/x.npy", std::ios::binary), y(folder + "/y.npy", std::ios::binary);
  x << npy_header("<f4", std::to_string(examples) + ", " + std::to_string(width));
  y << npy_header("<i4", std::to_string(examples) + ",");
  for (std::int64_t done = 0; done < examples; done += at_once) {
    x.write(reinterpret_cast<const char*>(rows.x.data()), at_once * width * 4);
    y.write(reinterpret_cast<const char*>(rows.y.data()), at_once * 4);
  }
  if (!x.flush() || !y.flush()) give_up("the files cannot be written: is the disk full?");
}

void write_hdf5(const std::string& folder, const Rows& rows, std::int64_t examples) {
  const hid_t file =
      H5Fcreate((folder + "/all.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const auto set = [&](const char* name, std::vector<hsize_t> shape, hid_t type) {
    const hid_t space = H5Screate_simple(int(shape.size()), shape.data(), nullptr);
    return H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  };
  const hid_t x = set("x", {hsize_t(examples), hsize_t(width)}, H5T_NATIVE_FLOAT);
  const hid_t y = set("y", {hsize_t(examples)}, H5T_NATIVE_INT32);
  const auto write = [](hid_t to, hid_t type, hsize_t first, std::vector<hsize_t> size,
                        const void* from) {
    std::vector<hsize_t> start(size.size());
    start[0] = first;
    const hid_t there = H5Dget_space(to);
    const hid_t here = H5Screate_simple(int(size.size()), size.data(), nullptr);
    H5Sselect_hyperslab(there, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
    if (H5Dwrite(to, type, here, there, H5P_DEFAULT, from) < 0)
      give_up("the HDF5 file cannot be written: is the disk full?");
    H5Sclose(here);
    H5Sclose(there);
  };
  for (std::int64_t done = 0; done < examples; done += at_once) {
    write(x, H5T_NATIVE_FLOAT, hsize_t(done), {at_once, width}, rows.x.data());
    write(y, H5T_NATIVE_INT32, hsize_t(done), {at_once}, rows.y.data());
  }
  H5Dclose(x);
  H5Dclose(y);
  if (H5Fclose(file) < 0) give_up("the HDF5 file cannot be written: is the disk full?");
}

std::string job_of(const std::string& data, int epochs) {
  return "!obj:Train {\n  dataset: &train " + data +
         ",\n  model: !obj:MLP { nvis: 784, layers: [ !obj:Softmax { layer_name: y, n_classes: 10, "
         "irange: 0. } ] },\n  algorithm: !obj:SGD { batch_size: 100, learning_rate: .01, "
         "train_iteration_mode: batchwise_shuffled_sequential, "
         "monitoring_batches: 100, monitoring_batch_size: 100, monitoring_dataset: { train: *train "
         "},\n    termination_criterion: !obj:EpochCounter { max_epochs: " +
         std::to_string(epochs) + " } } }\n";
}

// Peak memory in MB, and seconds, of the program training the job.
void train(const std::string& program, const std::string& folder, const char* what,
           const std::string& job) {
  const std::string path = folder + "/job.yaml";
  std::ofstream(path) << job;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(program.c_str(), program.c_str(), "train", path.c_str(), "--channels",
            "train_y_misclass", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) give_up(std::string(what) + ": it failed");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%-5s peak memory %6.1f MB, %.0f s\n", what,
              static_cast<double>(usage.ru_maxrss) / 1024, seconds.count());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) give_up("bench_data ANSATZ [--gigabytes 20] [--folder DIR] [--epochs 1]");
  double gigabytes = 20;
  int epochs = 1;
  std::string folder = std::filesystem::temp_directory_path();
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string option = arguments[i];
    if (option == "--gigabytes") gigabytes = std::atof(arguments[i + 1]);
    if (option == "--epochs") epochs = std::atoi(arguments[i + 1]);
    if (option == "--folder") folder = arguments[i + 1];
  }
  const auto parts = static_cast<std::int64_t>(gigabytes * 1e9 / (at_once * width * 4) + .5);
  const std::int64_t examples = std::max(parts, std::int64_t{1}) * at_once;
  const double room = static_cast<double>(std::filesystem::space(folder).available) / 1e9;
  if (room < gigabytes + 5) give_up("the folder has " + std::to_string(room) + " GB left: too few");
  folder += "/ansatz-bench-data-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  // The rows are large: they are gone before a child begins, whose peak would count them.
  const auto make = [&](auto write) {
    const pid_t child = ::fork();
    if (child == 0) {
      write(folder, Rows(), examples);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      std::filesystem::remove_all(folder);
      give_up("the data could not be made");
    }
  };
  std::printf("%ld examples of %ld floats: %.1f GB\n", static_cast<long>(examples),
              static_cast<long>(width), static_cast<double>(examples * width) * 4 / 1e9);
  make(write_npy);
  train(arguments[1], folder, "npy",
        job_of("!obj:NpyDataset { file: '" + folder + "/x.npy', mmap_mode: 'r', target_path: '" +
                   folder + "/y.npy', target_labels: 10 }",
               epochs));
  std::filesystem::remove(folder + "/x.npy");
  make(write_hdf5);
  train(arguments[1], folder, "hdf5",
        job_of("!obj:HDF5Dataset { filename: '" + folder +
                   "/all.h5', sources: [x, y], aliases: [features, targets], spaces: [ "
                   "!obj:VectorSpace { dim: 784 }, !obj:IndexSpace { max_labels: 10, dim: 1 } ] }",
               epochs));
  std::filesystem::remove_all(folder);
}
