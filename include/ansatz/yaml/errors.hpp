// All errors of a file in one pass.
#pragma once

#include <ansatz/yaml/node.hpp>

namespace ansatz::yaml {

struct Issue {
  Position position;
  /// "model.layers[1].dim"; may be "".
  std::string path;
  std::string what;
  bool warning = false;
  /// "job.yaml:12:7: model.layers[1].dim: what"
  std::string text() const;
};

class Errors {
 public:
  void add(Position position, std::string path, std::string what);
  void add(const Place& place, std::string what);
  /// "unknown key 'dimm'; allowed: dim, layer_name; nearest: dim", at the key of `place`.
  void add_unknown_key(const Place& place, std::string_view key,
                       const std::vector<std::string_view>& known);
  /// Something to tell that does not stop the job.
  void warn(const Place& place, std::string what);

  /// No errors; there may be warnings.
  bool empty() const { return errors_ == 0; }
  /// The number of errors, warnings apart. At most 200 are kept with their words.
  int size() const { return errors_; }
  /// In the order of the text, file after file, the command line last.
  std::vector<Issue> sorted() const;
  /// One issue a line; with `excerpts` the line of the file and a caret below each.
  std::string text(bool excerpts = false) const;
  /// FileError with that text if there are errors.
  void raise() const;

 private:
  void keep(Issue issue);
  std::vector<Issue> issues_;
  int errors_ = 0;
};

}  // namespace ansatz::yaml
