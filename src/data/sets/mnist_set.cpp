#include <ansatz/data/sets/mnist_set.hpp>

#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/data/tables.hpp>
#include <dsl/exceptions.hpp>

#include "../swapped_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr int pixels = Digits::features;

void shuffle_examples(Digits& digits) {
  RandomState rng(std::vector<std::int64_t>{1, 2, 3});
  const Digits before = digits;
  const std::vector<std::int64_t> order = data::swapped_order(rng, digits.examples);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int from = static_cast<int>(order[i]);
    std::copy_n(before.image(from), pixels,
                digits.images.begin() + static_cast<std::ptrdiff_t>(i) * pixels);
    digits.labels[i] = before.labels[static_cast<std::size_t>(from)];
  }
}

void subtract_means(Digits& digits) {
  std::vector<double> mean(pixels);
  for (int i = 0; i < digits.examples; ++i)
    for (int k = 0; k < pixels; ++k) mean[std::size_t(k)] += digits.image(i)[k];
  for (double& m : mean) m /= std::max(digits.examples, 1);
  for (std::size_t i = 0; i < digits.images.size(); ++i)
    digits.images[i] = static_cast<float>(digits.images[i] - mean[i % pixels]);
}

Digits part_of(const Digits& all, int first, int last) {
  Digits part;
  part.examples = last - first;
  part.images.assign(all.images.begin() + std::ptrdiff_t(first) * pixels,
                     all.images.begin() + std::ptrdiff_t(last) * pixels);
  part.labels.assign(all.labels.begin() + first, all.labels.begin() + last);
  return part;
}

}  // namespace

void DigitImages::check() const {
  const int all = digits_in_set(which_set);
  const int last = stop.value_or(end_of_set), end = last == end_of_set ? all : last;
  if (start < 0 || start >= end || end > all)
    throw ValueError(fmt::format("start {} and stop {} are not a range of the {} examples of '{}'",
                                 start, end, all, which_set.view()));
}

std::string DigitImages::fetched_as() const { return fashion() ? "fashion-mnist" : "mnist"; }
std::string DigitImages::missing_file() const { return missing_digits(fetched_as(), which_set); }

std::shared_ptr<const Table> DigitImages::load() const {
  check();
  const auto read = [&](int first, int last) {
    return fashion() ? fashion_mnist(which_set.view(), first, last)
                     : mnist(which_set.view(), first, last);
  };
  const int last = stop.value_or(end_of_set);
  if (!center && !shuffle && !binarize)
    return std::make_shared<Table>(digits_table(read(start, last)));
  // Centring and shuffling come before the part is taken, as in Pylearn2.
  Digits digits = read(0, end_of_set);
  if (binarize)
    for (float& v : digits.images) v = v > .5f ? 1.f : 0.f;
  if (center) subtract_means(digits);
  if (shuffle) shuffle_examples(digits);
  (void)read(start, last).examples;  // for its errors about the range
  return std::make_shared<Table>(
      digits_table(part_of(digits, start, last == end_of_set ? digits.examples : last)));
}

}  // namespace ansatz
