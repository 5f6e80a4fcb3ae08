#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/global_contrast.hpp>
#include <ansatz/data/sets/cifar.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/image_records.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {

constexpr int cifar_side = 32, cifar_colours = 3,
              cifar_width = cifar_side * cifar_side * cifar_colours;

// As many as the largest of the sets have, and more.
constexpr std::int64_t most_records = 1'000'000;

ImageRecords read(const std::vector<std::string>& files, int classes) {
  ImageRecordForm form{cifar_side, cifar_side, cifar_colours, {10}};
  if (classes == 100) form.labels = {20, 100};  // coarse, fine
  ImageRecords all;
  for (const std::string& file : files) {
    const ImageRecords part = read_image_records(require_data(file), form, most_records);
    all.examples += part.examples;
    all.images.insert(all.images.end(), part.images.begin(), part.images.end());
    for (std::size_t i = form.labels.size() - 1; i < part.labels.size(); i += form.labels.size())
      all.labels.push_back(part.labels[i]);
  }
  return all;
}

}  // namespace

std::vector<std::string> CifarImages::files_of(std::string_view set) const {
  if (set != "train" && set != "test")
    throw NameError(fmt::format("which_set {} is unknown{}", in_quotes(set),
                                allowed_names(set, {"train", "test"})));
  std::vector<std::string> list;
  if (set == which_set.view() && !files_given.empty()) {
    for (const String& file : files_given) list.emplace_back(file.view());
    return list;
  }
  if (classes() == 100) return {fmt::format("cifar100/cifar-100-binary/{}.bin", set)};
  const std::string folder = "cifar10/cifar-10-batches-bin/";
  if (set == "test") return {folder + "test_batch.bin"};
  for (int i = 1; i <= 5; ++i) list.push_back(fmt::format("{}data_batch_{}.bin", folder, i));
  return list;
}

void CifarImages::check() const {
  (void)files_of(which_set.view());
  if (stop && *stop <= start)
    throw ValueError(fmt::format("start {} and stop {} are not a range of examples", start, *stop));
  if (toronto_prepro && (center || gcn))
    throw ValueError("toronto_prepro goes with neither center nor gcn");
}

std::string CifarImages::missing_file() const {
  for (const std::string& file : files_of(which_set.view()))
    if (!find_data(file)) return (std::filesystem::path(data_path()) / file).string();
  return "";
}
void CifarImages::files(std::vector<std::string>& list) const {
  for (const std::string& file : files_of(which_set.view()))
    if (const auto found = find_data(file)) list.push_back(*found);
}
std::string CifarImages::fetched_as() const { return classes() == 100 ? "cifar100" : "cifar10"; }

std::shared_ptr<const Table> CifarImages::load() const {
  check();
  const ImageRecords records = read(files_of(which_set.view()), classes());
  const std::int64_t end = stop.value_or(static_cast<int>(records.examples));
  if (start >= end || end > records.examples)
    throw ValueError(fmt::format("start {} and stop {} are not a range of the {} examples of '{}'",
                                 start, end, records.examples, which_set.view()));
  const auto first = static_cast<std::size_t>(start), last = static_cast<std::size_t>(end);
  std::vector<float> pixels(
      records.images.begin() + static_cast<std::ptrdiff_t>(first * cifar_width),
      records.images.begin() + static_cast<std::ptrdiff_t>(last * cifar_width));
  // In Pylearn2's order.
  if (center)
    for (float& v : pixels) v -= 127.5f;
  if (rescale)
    for (float& v : pixels) v /= 127.5f;
  if (toronto_prepro) {
    const ImageRecords train = which_set == "train" ? records : read(files_of("train"), classes());
    std::vector<double> mean(cifar_width);
    for (std::size_t i = 0; i < train.images.size(); ++i) mean[i % cifar_width] += train.images[i];
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<float>(
          (pixels[i] - mean[i % cifar_width] / static_cast<double>(train.examples)) / 255);
  }
  if (gcn) {
    GlobalContrast how;
    how.scale = *gcn;
    normalize_contrast(how, pixels.data(), end - start, cifar_width);
  }
  std::vector<std::int32_t> labels(records.labels.begin() + start, records.labels.begin() + end);
  return std::make_shared<Table>(
      Table({image_column("features", std::move(pixels), cifar_side, cifar_side, cifar_colours),
             label_column("targets", std::move(labels), classes())}));
}

}  // namespace ansatz
