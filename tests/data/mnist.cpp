#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/binarized_mnist.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// A set of three training and two test images; image i is i + 1 everywhere.
void write_set(const TemporaryFolder& folder, const std::string& name) {
  const auto images = [](unsigned n) {
    std::string values;
    for (unsigned i = 0; i < n; ++i) values.append(784, static_cast<char>(i + 1));
    return idx({n, 28, 28}, values);
  };
  folder.write(name + "/train-images-idx3-ubyte.gz", gzip(images(3)));
  folder.write(name + "/train-labels-idx1-ubyte.gz", gzip(idx({3}, "\5\7\11")));
  folder.write(name + "/t10k-images-idx3-ubyte", images(2));
  folder.write(name + "/t10k-labels-idx1-ubyte", idx({2}, {"\0\1", 2}));
}

template <class Error>
std::string error_of(std::string_view which_set, int start = 0, int stop = end_of_set) {
  return message_of<Error>([&] { mnist(which_set, start, stop); });
}

}  // namespace

TEST_CASE("data path: the environment names it, ./data is the default", "[data][path]") {
  const DataPath without(nullptr, "PYLEARN2_DATA_PATH");
  {
    const DataPath set("/some/where");
    REQUIRE(data_path() == "/some/where");
    REQUIRE_FALSE(find_data("mnist/none"));
    REQUIRE_THAT(message_of<FileError>([] { require_data("mnist/none"); }),
                 Contains("/some/where/mnist/none: no such file, nor mnist/none.gz") &&
                     Contains("ANSATZ_DATA_PATH"));
  }
  for (const char* nothing : {"", static_cast<const char*>(nullptr)}) {
    const DataPath unset(nothing);
    REQUIRE(data_path() == "./data");
    REQUIRE(data_path_source().empty());
    const DataPath pylearn2("/its/data", "PYLEARN2_DATA_PATH");
    REQUIRE(data_path() == "/its/data");
    REQUIRE(data_path_source() == "PYLEARN2_DATA_PATH");
    REQUIRE_THAT(message_of<FileError>([] { require_data("mnist/none"); }),
                 Contains("PYLEARN2_DATA_PATH in the environment names"));
    const DataPath both("/some/where");
    REQUIRE(data_path() == "/some/where");
  }
}

TEST_CASE("mnist: sets and ranges are read from plain and packed files", "[data][mnist]") {
  TemporaryFolder folder;
  write_set(folder, "mnist");
  write_set(folder, "fashion-mnist");
  const DataPath set(folder.path().c_str());
  REQUIRE(find_mnist() == folder.path() + "/mnist");
  REQUIRE(find_fashion_mnist() == folder.path() + "/fashion-mnist");

  const Digits train = mnist("train");
  REQUIRE(train.examples == 3);
  REQUIRE(train.images.size() == 3 * 784);
  REQUIRE(train.labels == std::vector<std::int32_t>{5, 7, 9});
  for (int i = 0; i < 3; ++i) REQUIRE(train.image(i)[783] == static_cast<float>(i + 1) / 255.0f);

  const Digits part = fashion_mnist("train", 1, 2);
  REQUIRE(part.examples == 1);
  REQUIRE(part.labels == std::vector<std::int32_t>{7});
  REQUIRE(part.image(0)[0] == 2.0f / 255.0f);
  REQUIRE(mnist("train", 3).examples == 0);
  REQUIRE(mnist("test").labels == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("mnist: where it is missing, digits are drawn instead", "[data][mnist]") {
  TemporaryFolder folder;
  const DataPath set(folder.path().c_str());
  const Digits train = mnist_or_drawn("train", 7, 27), test = mnist_or_drawn("test", 7, 27);
  REQUIRE(train.examples == 20);
  REQUIRE(train.images != test.images);
  REQUIRE(mnist_or_drawn("train", 8, 9).images ==
          std::vector<float>(train.image(1), train.image(2)));
  REQUIRE_THROWS_AS(mnist_or_drawn("valid"), NameError);
  for (const auto& [start, stop] : {std::pair{-1, 2}, {2, 1}, {0, 10'001}})
    REQUIRE_THROWS_AS(mnist_or_drawn("test", start, stop), ValueError);
  write_set(folder, "mnist");
  REQUIRE(mnist_or_drawn("test").labels == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("mnist: bad requests say what is allowed", "[data][mnist]") {
  TemporaryFolder folder;
  write_set(folder, "mnist");
  const DataPath set(folder.path().c_str());
  REQUIRE_THAT(error_of<NameError>("trian"), Contains("'trian'") && Contains("nearest: train"));
  for (const auto& [start, stop] : {std::pair{-1, 2}, {2, 1}, {0, 4}, {4, end_of_set}, {0, -2}})
    REQUIRE_THAT(error_of<ValueError>("train", start, stop), Contains("has 3 examples"));
}

TEST_CASE("mnist: files that do not fit together are refused", "[data][mnist]") {
  TemporaryFolder folder;
  write_set(folder, "mnist");
  const DataPath set(folder.path().c_str());
  const std::string images = "mnist/t10k-images-idx3-ubyte",
                    labels = "mnist/t10k-labels-idx1-ubyte";

  folder.write(labels, idx({2}, "\1\12"));
  REQUIRE_THAT(error_of<FileError>("test"), Contains("label 10 of example 1"));
  folder.write(labels, idx({3}, "\1\1\1"));
  REQUIRE_THAT(error_of<FileError>("test"), Contains("2 images") && Contains("3 labels"));
  folder.write(labels, idx({1, 2}, "\1\1"));
  REQUIRE_THAT(error_of<FileError>("test"), Contains("dimensions [1, 2], where one is expected"));
  folder.write(labels, idx({2}, "\1\1"));
  folder.write(images, idx({2, 2, 2}, "12345678"));
  REQUIRE_THAT(error_of<FileError>("test"), Contains("where [examples, 28, 28] is expected"));
  std::filesystem::remove(folder.path() + "/" + images);
  REQUIRE_THAT(error_of<FileError>("test"), Contains(images));
  REQUIRE_FALSE(find_mnist());
}

TEST_CASE("mnist: the published files have the known statistics", "[data][mnist]") {
  if (!find_mnist()) {
    WARN("MNIST is not in " << data_path() << ": skipped");
    return;
  }
  const Digits train = mnist("train"), test = mnist("test");
  REQUIRE(train.examples == 60000);
  REQUIRE(test.examples == 10000);
  double sum = 0;
  for (const float v : train.images) sum += v;
  REQUIRE(sum / static_cast<double>(train.images.size()) == Approx(0.1307).margin(5e-5));
  std::vector<int> count(10);
  for (const int label : train.labels) ++count[static_cast<std::size_t>(label)];
  REQUIRE(count == std::vector<int>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949});
}

TEST_CASE("fashion-mnist: the published files have 6000 examples a class", "[data][mnist]") {
  if (!find_fashion_mnist()) {
    WARN("Fashion-MNIST is not in " << data_path() << ": skipped");
    return;
  }
  const Digits train = fashion_mnist("train");
  std::vector<int> count(10);
  for (const int label : train.labels) ++count[static_cast<std::size_t>(label)];
  REQUIRE(count == std::vector<int>(10, 6000));
}

TEST_CASE("binarized mnist: the files of each set, pixels 0 and 1 alone", "[data][mnist]") {
  const TemporaryFolder folder;
  const auto npy = [](const std::vector<float>& values) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                         std::to_string(values.size() / 784) + ", 784), }";
    header.resize(117, ' ');
    return std::string("\x93NUMPY\1\0", 8) + std::string("\x76\0", 2) + header + "\n" +
           std::string(reinterpret_cast<const char*>(values.data()), 4 * values.size());
  };
  std::vector<float> pixels(5 * 784);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = i / 784 % 2 ? 1.f : 0.f;
  folder.write("binarized_mnist/binarized_mnist_valid.npy", npy(pixels));
  const DataPath here(folder.path().c_str());
  BinarizedMNIST valid("valid");
  CHECK(valid.missing_file().empty());
  CHECK(BinarizedMNIST("test").missing_file() ==
        folder.path() + "/binarized_mnist/binarized_mnist_test.npy");
  valid.start = 1;
  valid.stop = 3;
  const auto part = valid.load();
  REQUIRE(part->examples() == 2);
  CHECK(static_cast<const float*>(part->column("features").data)[0] == 1);
  CHECK(static_cast<const float*>(part->column("features").data)[784] == 0);
  valid.stop = 6;
  CHECK_THAT(message_of<ValueError>([&] { (void)valid.load(); }), Contains("5 examples"));
  CHECK_THAT(message_of<NameError>([] { BinarizedMNIST("vaild").check(); }), Contains("valid"));
  pixels[3 * 784 + 5] = .5f;
  folder.write("binarized_mnist/binarized_mnist_valid.npy", npy(pixels));
  CHECK_THAT(message_of<FileError>([] { (void)BinarizedMNIST("valid").load(); }),
             Contains("0.5 in example 3"));
}

TEST_CASE("binarized mnist: the published texts", "[data][mnist]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const auto line = [](std::size_t one) {
    std::string text;
    for (std::size_t k = 0; k < 784; ++k) text += k == one ? "1 " : "0 ";
    text.back() = '\n';
    return text;
  };
  const std::string name = "binarized_mnist/binarized_mnist_test.amat";
  const std::string path = folder.write(name, line(3) + line(783));
  const auto table = BinarizedMNIST("test").load();
  REQUIRE(table->examples() == 2);
  const auto* const x = static_cast<const float*>(table->column("features").data);
  CHECK(std::accumulate(x, x + 1568, 0.f) == 2);
  CHECK((x[3] == 1 && x[784 + 783] == 1));
  std::vector<std::string> files;
  BinarizedMNIST("test").files(files);
  CHECK(files == std::vector<std::string>{path});
  const auto error = [&](const std::string& text) {
    folder.write(name, text);
    return message_of<FileError>([] { (void)BinarizedMNIST("test").load(); });
  };
  CHECK_THAT(error(line(3) + "0 1 2\n"), Contains(".amat:2:5:") && Contains("'2'"));
  CHECK_THAT(error(line(3) + "0 1\n"), Contains(".amat:2:4: 2 pixels"));
  CHECK_THAT(error(""), Contains("no images"));
}
