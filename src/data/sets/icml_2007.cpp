#include <ansatz/data/sets/icml_2007.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/tables.hpp>
#include <dsl/exceptions.hpp>

#include "set_keys.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {
constexpr int icml_side = 28;
}

void Icml2007Set::check() const {
  data::require_name("which_set", which_set.view(), {"train", "valid", "test"});
  if (split.size() != 3)
    throw KeyFaults("split",
                    fmt::format("split has {} numbers; how many examples are for training, "
                                "for validation and for the test are needed",
                                split.size()));
}

std::string Icml2007Set::file(std::string_view word) const {
  return (std::filesystem::path(data_path()) /
          fmt::format("icml07data/npy/{}_{}.npy", name(), word))
      .string();
}

std::shared_ptr<const Table> Icml2007Set::load() const {
  check();
  const std::string of_images = data::require_file({file("inputs")});
  const std::string of_labels = data::require_file({file("labels")});
  Column images = npy_table(of_images).column("features");
  if (images.width() != icml_side * icml_side)
    throw FileError(fmt::format("{}: examples of {} numbers; {} x {} pixels are expected",
                                of_images, images.width(), icml_side, icml_side));
  images.example = Dims{icml_side, icml_side, 1};
  images.conv = true;
  Column labels = npy_targets(of_labels, classes());
  if (labels.width() != 1)
    throw FileError(
        fmt::format("{}: {} labels an example; one is expected", of_labels, labels.width()));
  labels.example = Dims{};
  if (labels.examples != images.examples)
    throw FileError(fmt::format("{} has {} images, but {} has {} labels", of_images,
                                images.examples, of_labels, labels.examples));
  const std::size_t set = which_set == "train" ? 0 : which_set == "valid" ? 1 : 2;
  int first = 0;
  for (std::size_t i = 0; i < set; ++i) first += split[i];
  const auto [start, stop] =
      data::range_of(first, first + split[set], images.examples, which_set.view());
  return std::make_shared<const Table>(
      Table({std::move(images), std::move(labels)}).restrict(start, stop));
}

std::shared_ptr<const Table> MNIST_rotated_background::load() const {
  const std::shared_ptr<const Table> all = Icml2007Set::load();
  if (!center) return all;
  const Column& images = all->column("features");
  std::vector<double> pixels(static_cast<std::size_t>(images.examples * images.width()));
  Table::gather(images, {0, images.examples, nullptr}, ElementType::float64, pixels.data());
  std::vector<double> mean(static_cast<std::size_t>(images.width()));
  for (std::size_t i = 0; i < pixels.size(); ++i)
    mean[i % mean.size()] += pixels[i] / static_cast<double>(images.examples);
  std::vector<float> centred;
  for (std::size_t i = 0; i < pixels.size(); ++i)
    centred.push_back(static_cast<float>(pixels[i] - mean[i % mean.size()]));
  return std::make_shared<const Table>(
      Table({image_column("features", std::move(centred), icml_side, icml_side, 1),
             all->column("targets")}));
}

std::string Icml2007Set::missing_file() const {
  for (const char* word : {"inputs", "labels"})
    if (!data::first_file({file(word)})) return file(word);
  return "";
}
void Icml2007Set::files(std::vector<std::string>& list) const {
  for (const char* word : {"inputs", "labels"})
    if (const auto found = data::first_file({file(word)})) list.push_back(*found);
}

}  // namespace ansatz
