// CIFAR's binary form: what is read, and what is refused.
#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/global_contrast.hpp>
#include <ansatz/data/sets/cifar.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/image_records.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// Two rows, three columns, two channels: planes of six bytes.
const ImageRecordForm small{2, 3, 2, {10}, false};

std::string record(char label, std::string_view planes) {
  return std::string(1, label) + std::string(planes);
}

}  // namespace

TEST_CASE("image records: planes become pixels, labels are checked", "[data][cifar]") {
  const TemporaryFolder folder;
  const std::string bytes = record(3, "abcdefABCDEF") + record(9, "ghijklGHIJKL");
  const ImageRecords plain = read_image_records(folder.write("a.bin", bytes), small, 10);
  REQUIRE(plain.examples == 2);
  CHECK(plain.labels == std::vector<std::uint8_t>{3, 9});
  CHECK(std::string(plain.images.begin(), plain.images.end()) == "aAbBcCdDeEfFgGhHiIjJkKlL");
  CHECK(read_image_records(folder.write("a.bin.gz", gzip(bytes)), small, 10).images ==
        plain.images);
  ImageRecordForm turned = small;
  turned.by_columns = true;
  const ImageRecords by_columns =
      read_image_records(folder.write("b.bin", record(0, "adbecfADBECF")), turned, 10);
  CHECK(std::string(by_columns.images.begin(), by_columns.images.end()) == "aAbBcCdDeEfF");
}

TEST_CASE("image records: damaged files are refused with their place", "[data][cifar]") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes, std::int64_t most = 10) {
    return message_of<FileError>(
        [&] { (void)read_image_records(folder.write("x.bin", bytes), small, most); });
  };
  const std::string good = record(1, "abcdefABCDEF");
  CHECK_THAT(error(good + record(2, "abc")),
             Contains("x.bin") && Contains("byte 17") && Contains("record 1 has 4 of 13 bytes"));
  CHECK_THAT(error(good + record(10, "abcdefABCDEF")),
             Contains("label 10 of record 1") && Contains("0 to 9"));
  CHECK_THAT(error(good + good + good, 2), Contains("more than 2 records"));
  CHECK_THAT(message_of<FileError>([&] { (void)read_image_records("/nowhere", small, 1); }),
             Contains("/nowhere"));
  std::string packed = gzip(good + good);
  packed.resize(packed.size() - 6);
  CHECK_THAT(error(packed), Contains("x.bin"));
}

TEST_CASE("cifar: the subset has the pixels and labels its description says", "[data][cifar]") {
  CIFAR10 train("train");
  train.files_given.push_back("cifar10-subset/data_batch_1_first4000.bin");
  if (!train.missing_file().empty()) {
    WARN("the CIFAR-10 subset is not in " << data_path() << ": skipped");
    return;
  }
  const auto table = train.load();
  REQUIRE(table->examples() == 4000);
  const Column& images = table->column("features");
  const Column& labels = table->column("targets");
  const auto* pixels = static_cast<const float*>(images.data);
  const auto* classes = static_cast<const std::int32_t*>(labels.data);
  CHECK(std::vector<float>(pixels, pixels + 9) ==
        std::vector<float>{59, 62, 63, 43, 46, 45, 50, 48, 43});
  CHECK(std::vector<std::int32_t>(classes, classes + 10) ==
        std::vector<std::int32_t>{6, 9, 9, 4, 1, 1, 2, 7, 8, 3});
  double mean[3] = {};
  for (std::int64_t i = 0; i < 4000 * 1024; ++i)
    for (int c = 0; c < 3; ++c) mean[c] += pixels[3 * i + c] / 255. / (4000 * 1024);
  CHECK(mean[0] == Approx(.4916).margin(1e-4));
  CHECK(mean[1] == Approx(.4818).margin(1e-4));
  CHECK(mean[2] == Approx(.4447).margin(1e-4));

  train.start = 1;
  train.stop = 3;
  train.center = train.rescale = true;
  const auto part = train.load();
  REQUIRE(part->examples() == 2);
  const auto* some = static_cast<const float*>(part->column("features").data);
  for (int i = 0; i < 100; ++i) CHECK(some[i] == (pixels[3072 + i] - 127.5f) / 127.5f);
  train.center = train.rescale = false;
  train.gcn = 55.;
  const auto normal = train.load();
  const auto* x = static_cast<const float*>(normal->column("features").data);
  double sum = 0, squares = 0;
  for (int i = 0; i < 3072; ++i) sum += x[i], squares += x[i] * x[i];
  CHECK(sum == Approx(0).margin(1e-2));
  CHECK(std::sqrt(squares) == Approx(55));
}

TEST_CASE("cifar: the sets' own files, and the mean of the training set", "[data][cifar]") {
  const TemporaryFolder folder;
  const auto batch = [](int value, int label) {
    std::string bytes(1, static_cast<char>(label));
    return bytes + std::string(3072, static_cast<char>(value));
  };
  for (int i = 1; i <= 5; ++i)
    folder.write("cifar10/cifar-10-batches-bin/data_batch_" + std::to_string(i) + ".bin",
                 batch(10 * i, i));
  folder.write("cifar10/cifar-10-batches-bin/test_batch.bin.gz", gzip(batch(81, 9)));
  folder.write("cifar100/cifar-100-binary/train.bin",
               std::string("\x13\x63", 2) + std::string(3072, '\x7'));
  const char* old = std::getenv("ANSATZ_DATA_PATH");
  const std::string before = old ? old : "";
  setenv("ANSATZ_DATA_PATH", folder.path().c_str(), 1);
  const auto train = CIFAR10("train").load();
  CHECK(train->examples() == 5);
  CHECK(static_cast<const std::int32_t*>(train->column("targets").data)[4] == 5);
  CIFAR10 test("test");
  test.toronto_prepro = true;
  const auto only = test.load();
  CHECK(static_cast<const float*>(only->column("features").data)[100] == Approx((81 - 30) / 255.));
  const auto hundred = CIFAR100("train").load();
  CHECK(*static_cast<const std::int32_t*>(hundred->column("targets").data) == 99);
  CHECK(CIFAR100("test").missing_file() == folder.path() + "/cifar100/cifar-100-binary/test.bin");
  std::vector<std::string> read;
  CIFAR10("test").files(read);
  CHECK(read == std::vector<std::string>{folder.path() +
                                         "/cifar10/cifar-10-batches-bin/test_batch.bin.gz"});
  old ? setenv("ANSATZ_DATA_PATH", before.c_str(), 1) : unsetenv("ANSATZ_DATA_PATH");
}

TEST_CASE("cifar: what cannot be is refused", "[data][cifar]") {
  CHECK_THAT(message_of<NameError>([] { CIFAR10("trian").check(); }), Contains("train"));
  CIFAR10 both("train");
  both.toronto_prepro = both.center = true;
  CHECK_THAT(message_of<ValueError>([&] { both.check(); }), Contains("toronto_prepro"));
  CIFAR10 empty("test");
  empty.start = 5;
  empty.stop = 5;
  CHECK_THAT(message_of<ValueError>([&] { empty.check(); }), Contains("start 5 and stop 5"));
}

TEST_CASE("global contrast normalisation: lengths, means, standard deviations",
          "[data][preprocess]") {
  // Fact 17.
  const std::vector<double> raw = {1, 2, 3, 6, 0, 0, 0, 0, -1, 5, 2, 2};
  const auto normal = [&](const GlobalContrast& how) {
    std::vector<double> x = raw;
    normalize_contrast(how, x.data(), 3, 4);
    return x;
  };
  const auto length = [](const std::vector<double>& x, int row) {
    double squares = 0;
    for (int k = 0; k < 4; ++k)
      squares += x[std::size_t(row * 4 + k)] * x[std::size_t(row * 4 + k)];
    return std::sqrt(squares);
  };
  const std::vector<double> plain = normal({});
  CHECK(length(plain, 0) == Approx(1));
  CHECK(length(plain, 1) == 0);
  CHECK(std::abs(std::accumulate(plain.begin(), plain.begin() + 4, 0.)) < 1e-10);
  CHECK(length(normal({.scale = 5}), 2) == Approx(5));
  const std::vector<double> kept = normal({.subtract_mean = false});
  CHECK(kept[1] == Approx(2 / std::sqrt(50.)));
  const std::vector<double> by_std = normal({.use_std = true});
  CHECK(length(by_std, 0) == Approx(std::sqrt(3.)));  // ddof 1: squares sum to 3
  const std::vector<double> biased = normal({.use_std = true, .sqrt_bias = 10});
  CHECK(biased[0] == Approx(-2 / std::sqrt(10 + 14 / 3.)));
}
