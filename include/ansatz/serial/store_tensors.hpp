// Parameters and state between a store and a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <ansatz/files/tensor_file.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/store.hpp>

namespace ansatz {

/// Copies of all tensors of a kind, in the order of their creation.
std::vector<NamedTensor> stored_tensors(const Store& store, StoreKind kind);

/// Gives all tensors of a kind the values of `tensors`. These must have exactly the same names,
/// types and shapes (a resizable one may have any number of rows); otherwise one FileError lists
/// every difference and nothing has changed. `path` is for messages.
void restore_tensors(Store& store, StoreKind kind, const std::vector<NamedTensor>& tensors,
                     const std::string& path);

/// A parameter that begins with values of a file, or does not.
struct InitParameter {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
};

/// State of a model that does.
struct InitState : InitParameter {
  bool any_rows = false;  ///< a file may have another number of rows
};

/// What starting from another model's parameters did.
struct InitReport {
  std::vector<std::string> taken;     ///< parameters that have the file's values
  std::vector<std::string> kept;      ///< parameters the file does not have
  std::vector<std::string> unused;    ///< tensors of the file that are no parameters here
  std::vector<std::string> left_out;  ///< parameters that were not to be taken
  /// Parameters of which the file has one of the same name, but of another layer: not taken.
  std::vector<std::string> of_other_layer;
  /// Those taken of which the file does not say whose they are.
  std::vector<std::string> of_unknown_layer;
  std::vector<NamedTensor> states;       ///< of the file, that are taken
  std::vector<std::string> kept_states;  ///< those that it does not have
};

/// Which parameters to start from, and where they stand in the models.
struct InitChoice {
  std::vector<std::string> include;  ///< patterns (fnmatch) of what is taken; none: all
  std::vector<std::string> exclude;  ///< patterns of what is left out
  /// See ModelFile::paths: of the model, and of the file.
  std::map<std::string, std::string> paths_here = {}, paths_there = {};
  bool knows_paths_there = true;
  /// The model's state, which patterns may be meant for as well, and that of the file.
  std::vector<InitState> states = {};
  std::vector<NamedTensor> states_there = {};
};

/// A pattern of InitChoice that no parameter fits; `key` is init_from_include or init_from_exclude.
class InitPatternError : public NameError {
 public:
  /// `what` is told behind the key.
  InitPatternError(const std::string& key_, const std::string& pattern_, const std::string& what_)
      : NameError(key_ + ": " + what_), key(key_), pattern(pattern_), without_key(what_) {}
  const std::string key, pattern, without_key;
};

/// What init_parameters does with these parameters, with all its errors; nothing changes.
/// @param chosen  gets the tensors that are taken, under the names of the parameters; may be null
InitReport choose_parameters(const std::vector<InitParameter>& parameters,
                             const std::vector<NamedTensor>& tensors, const std::string& path,
                             const InitChoice& choice, std::vector<NamedTensor>* chosen = nullptr);

/// Gives parameters the values of the tensors of the same name, converted between float and double
/// where they differ. One FileError lists every tensor of another shape or of integers; it is an
/// error, too, when no name is the same. Nothing has changed then.
///
/// Where parameters stand in their models is told by `choice`: a parameter takes the value of the
/// one of its own name, or else of its own path; one of its name and another path only when a
/// pattern of `include` asks for it. NameError for a pattern that no parameter fits.
InitReport init_parameters(Store& store, const std::vector<NamedTensor>& tensors,
                           const std::string& path, const InitChoice& choice = {});

/// The parameters of a model file, or all tensors of another program's file.
std::vector<NamedTensor> read_parameters(const std::string& path);

/// The same with where they stand in their model, where the file says so.
struct StoredParameters {
  std::vector<NamedTensor> tensors;
  std::map<std::string, std::string> paths;  ///< see ModelFile::paths
  bool knows_paths = false;
  std::vector<NamedTensor> state = {};
};
StoredParameters read_stored_parameters(const std::string& path);

}  // namespace ansatz
