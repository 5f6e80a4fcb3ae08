#include <ansatz/data/fetch/catalogue.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace ansatz {

namespace {

// What stands in catalogue.json; sizes and hashes there are those of the original files.
constexpr char text[] =
#include "catalogue.inc"
    ;

std::string_view text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  return found->get_ref<const std::string&>();
}

std::vector<KnownSet> make_sets() {
  static const nlohmann::json all = nlohmann::json::parse(text);  // the sets point into it
  std::vector<KnownSet> sets;
  for (const nlohmann::json& each : all) {
    KnownSet& set = sets.emplace_back();
    set.name = text_of(each, "name");
    set.what = text_of(each, "what");
    set.licence = text_of(each, "licence");
    set.cite = text_of(each, "cite");
    for (const nlohmann::json& mirror : each.at("mirrors"))
      set.mirrors.emplace_back(mirror.get_ref<const std::string&>());
    for (const nlohmann::json& file : each.at("files"))
      set.files.push_back({text_of(file, "name"), file.at("bytes").get<std::int64_t>(),
                           text_of(file, "sha256"), text_of(file, "other_name")});
  }
  return sets;
}

}  // namespace

std::int64_t KnownSet::bytes() const {
  std::int64_t sum = 0;
  for (const KnownFile& file : files) sum += file.bytes;
  return sum;
}

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = make_sets();
  return sets;
}

const KnownSet& known_set(std::string_view name) {
  std::vector<std::string_view> names;
  for (const KnownSet& set : known_sets()) {
    if (set.name == name) return set;
    names.push_back(set.name);
  }
  throw NameError(fmt::format("no data set \"{}\" is known{}", name, allowed_names(name, names)));
}

std::string where_is(const KnownSet& set, const KnownFile& file, const std::string& folder) {
  const std::filesystem::path at = std::filesystem::path(folder) / set.name;
  std::error_code error;
  for (const std::string_view name : {file.name, file.other_name})
    if (!name.empty() && std::filesystem::is_regular_file(at / name, error))
      return (at / name).string();
  return "";
}

}  // namespace ansatz
