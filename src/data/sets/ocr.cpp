#include <ansatz/data/sets/ocr.hpp>

#include <ansatz/data/path.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/byte_source.hpp>
#include <dsl/exceptions.hpp>

#include "set_keys.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {

constexpr const char* file = "ocr_letters/letter.data";
constexpr int rows = 16, columns = 8, per_letter = rows * columns;
constexpr int before = 6;  // number, letter, next letter, word, place, fold
constexpr std::int64_t of_train = 32152, of_others = 10000, of_all = of_train + 2 * of_others;
constexpr std::int64_t most_ocr_bytes = std::int64_t{1} << 26;

struct Letters {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;

  void add(const std::string& path, std::int64_t line, std::string_view text) {
    int field = 0;
    while (!text.empty() && field < before + per_letter) {
      const std::size_t end = text.find('\t');
      const std::string_view word = text.substr(0, end);
      if (field == 1) {
        if (word.size() != 1 || word[0] < 'a' || word[0] > 'z')
          throw FileError(fmt::format("{}:{}: letter '{}'; a to z are allowed", path, line, word));
        labels.push_back(word[0] - 'a');
      } else if (field >= before) {
        if (word != "0" && word != "1")
          throw FileError(fmt::format("{}:{}: pixel {} is '{}'; 0 and 1 are allowed", path, line,
                                      field - before, word));
        pixels.push_back(word == "1");
      }
      ++field;
      text = end == text.npos ? "" : text.substr(end + 1);
    }
    if (field < before + per_letter || !text.empty())
      throw FileError(fmt::format("{}:{}: {} fields, where {} and {} pixels are expected", path,
                                  line, text.empty() ? fmt::to_string(field) : "more", before,
                                  per_letter));
  }
};

}  // namespace

void OCR::check() const {
  data::require_name("which_set", which_set.view(), {"train", "valid", "test"});
}

std::shared_ptr<const Table> OCR::load() const {
  check();
  const std::string path = require_data(file);
  data::ByteSource source(path);
  const std::string text = read_all(source, most_ocr_bytes);
  Letters letters;
  std::int64_t line = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view one = rest.substr(0, end);
    rest = end == rest.npos ? "" : rest.substr(end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    letters.add(path, ++line, one);
  }
  if (line != of_all)
    throw FileError(fmt::format("{}: {} letters; {} are expected", path, line, of_all));
  const std::int64_t first = which_set == "train"   ? 0
                             : which_set == "valid" ? of_train
                                                    : of_all - of_others;
  Column images = image_column("features", std::move(letters.pixels), rows, columns, 1);
  Column labels = label_column("targets", std::move(letters.labels), 26);
  return std::make_shared<const Table>(
      Table({std::move(images), std::move(labels)})
          .restrict(first, which_set == "train" ? of_train : first + of_others));
}

std::string OCR::missing_file() const {
  if (find_data(file)) return "";
  return (std::filesystem::path(data_path()) / file).string();
}
void OCR::files(std::vector<std::string>& list) const {
  if (const auto found = find_data(file)) list.push_back(*found);
}

}  // namespace ansatz
