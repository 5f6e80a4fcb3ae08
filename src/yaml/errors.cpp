#include <ansatz/base/shown.hpp>
#include <ansatz/yaml/errors.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace ansatz::yaml {

namespace {

constexpr std::size_t most_kept = 200;

}  // namespace

std::string Issue::text() const {
  std::string out = position.text();
  if (!out.empty()) out += ": ";
  if (!path.empty()) out += path + ": ";
  if (warning) out += "warning: ";
  return out + what;
}

void Errors::add(Position position, std::string path, std::string what) {
  // A value may be read again, once another of its object is known to be wrong.
  for (const Issue& each : issues_)
    if (!each.warning && each.position.offset == position.offset && each.path == path &&
        each.what == what && each.position.source == position.source)
      return;
  ++errors_;
  keep({std::move(position), std::move(path), std::move(what), false});
}

void Errors::add(const Place& place, std::string what) {
  if (place.node && place.node->lost && place.node->kind == Kind::null) return;
  add(place.position, place.path, std::move(what));
}

void Errors::add_unknown_key(const Place& place, std::string_view key,
                             const std::vector<std::string_view>& known) {
  const auto value = place.find(key);
  add(value ? value->key_position : place.position, value ? value->path : place.path,
      fmt::format("unknown key {}{}", in_quotes(key), allowed_names(key, known)));
}

void Errors::warn(const Place& place, std::string what) {
  keep({place.position, place.path, std::move(what), true});
}

void Errors::keep(Issue issue) {
  if (issues_.size() >= most_kept) return;
  issue.path = shown(issue.path);
  issue.what = shown(issue.what);
  issues_.push_back(std::move(issue));
}

std::vector<Issue> Errors::sorted() const {
  std::vector<Issue> out = issues_;
  // Files in the order in which they were first complained about, the command line last.
  std::vector<const Source*> files;
  for (const Issue& issue : out)
    if (std::find(files.begin(), files.end(), issue.position.source.get()) == files.end())
      files.push_back(issue.position.source.get());
  const auto rank = [&](const Issue& issue) {
    const Source* source = issue.position.source.get();
    const auto order = std::find(files.begin(), files.end(), source) - files.begin();
    return std::tuple(source && source->argument, order, issue.position.offset);
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const Issue& a, const Issue& b) { return rank(a) < rank(b); });
  return out;
}

std::string Errors::text(bool excerpts) const {
  std::string out;
  int told = 0;
  for (const Issue& issue : sorted()) {
    out += issue.text() + "\n";
    if (excerpts) out += issue.position.excerpt();
    told += !issue.warning;
  }
  if (told < errors_) out += fmt::format("... and {} more errors\n", errors_ - told);
  return out;
}

void Errors::raise() const {
  if (empty()) return;
  std::string words = text();
  words.pop_back();  // the last line's end
  throw FileError(words);
}

}  // namespace ansatz::yaml
