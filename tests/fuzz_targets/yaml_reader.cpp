// Any text: it is read, every scalar resolved, every message printed; a tree without faults comes
// back the same from its own text. After a zero byte follow lines: definitions, and overrides
// behind a '/'.
#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <ansatz/yaml/write.hpp>
#include <dsl/exceptions.hpp>

#include <cstdint>
#include <cstdlib>
#include <unordered_set>

using namespace ansatz::yaml;

namespace {

Reading read_options(std::string_view lines) {
  Reading out;
  while (!lines.empty() && out.definitions.size() + out.overrides.size() < 20) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.starts_with('/')) {
      out.overrides.push_back(line.substr(1));
    } else if (line.find("=@") == std::string::npos) {  // "=@file" would read any file
      out.definitions.push_back(line);
    }
  }
  return out;
}

struct Resolution {
  Errors errors;
  Environment environment = Environment::of_job("folder/job.yaml");
  std::unordered_set<const Node*> seen;

  void operator()(const Place& place) {
    if (!seen.insert(place.node.get()).second) return;
    describe(*place.node);
    as_int(place, errors);
    as_float(place, errors);
    as_bool(place, errors);
    as_string(place, errors);
    as_path(place, environment, errors);
    errors.add_unknown_key(place, "layers", place->keys());
    for (const Place& child : place.children()) (*this)(child);
  }
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), size);
  const Reading reading = read_options(input.substr(std::min(zero + 1, size)));

  Errors errors;
  const std::string text(input.substr(0, zero));
  const NodePtr root = read_text("job.yaml", text, errors, reading);
  require(root || !errors.empty());
  for (const Issue& issue : errors.sorted())
    require(issue.position.source && !issue.text().empty() && !issue.position.excerpt().empty());
  try {
    errors.raise();
  } catch (const ansatz::FileError&) {
  }
  if (!root) return 0;

  Resolution resolution;
  for (const Place& job : jobs(root)) resolution(job);
  resolution.errors.text(true);

  const std::string written = to_yaml(*root);
  if (!errors.empty()) return 0;
  // Characters may be written as longer escapes.
  Reading again;
  again.fill = false;
  again.limits.bytes *= 8;
  again.limits.depth *= 2;
  const NodePtr reread = read_text("written.yaml", written, errors, again);
  require(reread && errors.empty());
  require(same(*root, *reread));
  require(to_yaml(*reread) == written);
  return 0;
}
