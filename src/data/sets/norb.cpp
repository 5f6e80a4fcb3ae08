#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/retina.hpp>
#include <ansatz/data/sets/norb.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/norb_matrix.hpp>
#include <dsl/exceptions.hpp>

#include "byte_images.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace ansatz {

namespace {

struct Form {
  int side, categories, facts;  // facts of a pair beside its category
  explicit Form(bool big) : side(big ? 108 : 96), categories(big ? 6 : 5), facts(big ? 10 : 4) {}
};

// The files of a set without their last word, "dat", "cat" or "info": what each may be called.
std::vector<std::vector<std::string>> stems(const NORB& set) {
  std::vector<std::vector<std::string>> list;
  const auto add = [&](std::string_view which) {
    const bool train = which == "train";
    const std::string_view instances = train ? "46789" : "01235";
    const std::string_view name = train ? "training" : "testing";
    if (set.which_norb == "big") {
      for (int i = 1; i <= (train ? 10 : 2); ++i) {
        const std::string stem =
            fmt::format("norb-5x{}x9x18x6x2x108x108-{}-{:02}-", instances, name, i);
        list.push_back({"norb/original/" + stem, "norb/" + stem});
      }
      return;
    }
    const std::string stem = fmt::format("smallnorb-5x{}x9x18x6x2x96x96-{}-", instances, name);
    list.push_back({"norb_small/original/" + stem, "norb_small/" + stem});
  };
  if (set.which_set == "both") {
    add("train");
    add("test");
  } else {
    add(set.which_set.view());
  }
  return list;
}

std::vector<std::string> words(bool facts) {
  if (facts) return {"dat", "cat", "info"};
  return {"dat", "cat"};
}

std::vector<std::string> places(const std::vector<std::string>& stem, std::string_view word) {
  std::vector<std::string> list;
  for (const std::string& each : stem)
    list.push_back(
        (std::filesystem::path(data_path()) / fmt::format("{}{}.mat", each, word)).string());
  return list;
}

NpzArray matrix(const std::string& file, ElementType type, const std::vector<std::int64_t>& shape) {
  NpzArray found = read_norb_matrix(file);
  const bool fits = found.type == type && found.shape.size() == shape.size() &&
                    std::equal(shape.begin() + 1, shape.end(), found.shape.begin() + 1) &&
                    (shape[0] < 0 || shape[0] == found.shape[0]);
  if (fits) return found;
  std::vector<std::string> wanted;
  for (const std::int64_t n : shape) wanted.push_back(n < 0 ? "examples" : std::to_string(n));
  throw FileError(fmt::format("{}: dimensions {}, where {} of dimensions [{}] are expected", file,
                              found.shape, type == ElementType::uint8 ? "bytes" : "integers",
                              fmt::join(wanted, ", ")));
}

// The pictures of a set and the categories as their labels; with `facts`, what else is known.
struct Pairs {
  Form form;
  data::ByteImages images;
  std::vector<std::int32_t> facts;

  Pairs(const NORB& set, bool with_facts)
      : form(set.which_norb == "big"),
        images(form.side, form.side, 2, data::planes(form.side, form.side)) {
    images.classes = form.categories;
    for (const std::vector<std::string>& stem : stems(set)) add(stem, with_facts);
  }
  std::int32_t fact(std::size_t pair, int which) const {
    return facts[pair * static_cast<std::size_t>(form.facts) + static_cast<std::size_t>(which)];
  }

 private:
  void add(const std::vector<std::string>& stem, bool with_facts) {
    const std::string file = data::require_file(places(stem, "dat"));
    const auto pixels = std::make_shared<const NpzArray>(
        matrix(file, ElementType::uint8, {-1, 2, form.side, form.side}));
    const std::int64_t examples = pixels->shape[0];
    const std::string of_categories = data::require_file(places(stem, "cat"));
    const NpzArray categories = matrix(of_categories, ElementType::int32, {examples});
    for (std::int64_t i = 0; i < examples; ++i) {
      const std::int32_t category = categories.data<std::int32_t>()[i];
      if (category < 0 || category >= form.categories)
        throw FileError(fmt::format("{}: category {} of example {}; 0 to {} are allowed",
                                    of_categories, category, i, form.categories - 1));
      images.labels.push_back(category);
    }
    if (with_facts) {
      const NpzArray read = matrix(data::require_file(places(stem, "info")), ElementType::int32,
                                   {examples, form.facts});
      facts.insert(facts.end(), read.data<std::int32_t>(), read.data<std::int32_t>() + read.size());
    }
    images.blocks.push_back({pixels->bytes.data(), examples, pixels, {}});
    std::error_code error;
    images.facts +=
        fmt::format("{} pairs in {} bytes ", examples, std::filesystem::file_size(file, error));
    images.file = images.blocks.size() == 1 ? file : "";
  }
};

}  // namespace

void NORB::check() const {
  data::require_name("which_norb", which_norb.view(), {"small", "big"});
  data::require_name("which_set", which_set.view(), {"train", "test", "both"});
}

std::shared_ptr<const BatchSource> NORB::open() const {
  check();
  Pairs all(*this, multi_target);
  all.images.subtract = subtracted();
  if (multi_target) {
    all.images.width = 1 + all.form.facts;
    all.images.classes = 0;
    for (std::size_t i = 0; i < all.images.labels.size(); ++i) {
      all.images.numbers.push_back(static_cast<float>(all.images.labels[i]));
      for (int k = 0; k < all.form.facts; ++k)
        all.images.numbers.push_back(static_cast<float>(all.fact(i, k)));
    }
    all.images.labels.clear();
  }
  const auto [first, last] = data::range_of({}, stop, all.images.images(), which_set.view());
  all.images.restrict(first, last);
  return source_of(std::move(all.images));
}

void NORBSmall::check() const {
  data::require_name("which_set", which_set.view(), {"train", "test"});
}

void FoveatedNORB::check() const {
  data::require_name("which_set", which_set.view(), {"train", "test"});
  data::require_range(start, stop);
}

std::shared_ptr<const BatchSource> FoveatedNORB::open() const {
  check();
  Pairs all(*this, reads_facts());
  data::ByteImages& images = all.images;
  images.subtract = center ? 127.5f : 0;
  images.divide = !scale ? 1 : center ? 127.5f : 255;
  if (reads_facts()) {
    std::vector<std::int32_t> labels;
    for (std::size_t i = 0; i < images.labels.size(); ++i) {
      if (std::find(restrict_instances.begin(), restrict_instances.end(), all.fact(i, 0)) ==
          restrict_instances.end())
        continue;
      images.order.push_back(static_cast<std::int64_t>(i));
      labels.push_back(images.labels[i]);
    }
    if (labels.empty())
      throw ValueError(
          fmt::format("restrict_instances: the {} set has none of these toys", which_set.view()));
    images.labels = std::move(labels);
  }
  const auto [first, last] = data::range_of(start, stop, images.images(), which_set.view());
  images.restrict(first, last);
  return RetinaEncodingBlock({8, 4, 2, 2}).start()->apply(source_of(std::move(images)));
}
std::shared_ptr<const Table> FoveatedNORB::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}

std::shared_ptr<const Table> NORB::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string NORB::missing_file() const {
  for (const std::vector<std::string>& stem : stems(*this))
    for (const std::string& word : words(reads_facts()))
      if (!data::first_file(places(stem, word))) return places(stem, word)[0];
  return "";
}
void NORB::files(std::vector<std::string>& list) const {
  for (const std::vector<std::string>& stem : stems(*this))
    for (const std::string& word : words(reads_facts()))
      if (const auto file = data::first_file(places(stem, word))) list.push_back(*file);
}
std::string NORB::fetched_as() const { return which_norb == "small" ? "norb_small" : ""; }

}  // namespace ansatz
