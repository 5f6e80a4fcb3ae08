// Makes the objects of a tree of nodes.
#pragma once

#include <ansatz/registry/job.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/session/output_file.hpp>
#include <ansatz/yaml/errors.hpp>

#include <map>
#include <optional>
#include <set>

namespace ansatz {

class LoadedModel;
struct ModelFile;

using KeyNames = std::set<std::string_view>;

/// What was learned while a file was read.
class Loader {
 public:
  Loader(yaml::Errors& its_errors, const yaml::Environment& its_environment,
         const LoadOptions& its_options)
      : errors(its_errors), environment(its_environment), options(its_options) {}

  /// The object of an `!obj:` or `!pkl:` node, made once. Null with an error, or with a warning
  /// where a file is missing and files need not be there.
  Shared<Object> make(const Value& from);
  /// Reads the keys of a mapping: unknown ones, missing ones and wrong values are errors.
  bool read_keys(const Value& from, const std::string& class_name,
                 const std::vector<Field>& fields);
  /// Whether an object is not what the file means: a size, a key or a part of it was at fault and
  /// is not there or is another. What follows from it is no fault of the file.
  bool hollow(const Object* object) const { return hollow_.contains(object); }
  /// Whether a fault of a hollow object may follow from a key that was told: it names that key.
  bool follows(const Object* object, std::string_view fault) const;
  /// Whether an object should stand there that could not be made.
  bool lost(const yaml::Place& at) const {
    const auto made = made_.find(at.node.get());
    return made != made_.end() && !made->second;
  }
  /// Whether a number that was read may be the value of the key that is read. If not, that is told,
  /// and the number becomes one that may be, so that what else there is can be looked at.
  void require_range(const yaml::Place& at, double& number);
  /// Where an object stands in the file; null for others.
  const yaml::Place* place_of(const Object* object) const;
  /// Where a key of an object stands, or else the object itself.
  yaml::Place key_place(const Object* object, std::string_view key) const;
  /// Adds an error at an object, or else at `otherwise`; at the key with which `what` begins behind
  /// the class's name: "SGD: clip_norm must …".
  void add_error(const Object* of, const yaml::Place& otherwise, const std::string& what);
  /// "job.yaml:3:12: dataset" for each object.
  std::map<const Object*, std::string> object_places() const;
  /// The path that a `!pkl:` names; "" where it cannot be read.
  std::string pickle_path(const yaml::Node& pickle) const;
  /// A path of the file, or the one that --data says instead.
  std::string moved(const std::string& path) const;

  /// A file that the job reads: where it is named, by which path, and the model it holds, if it is
  /// one by `!pkl:`.
  struct Input {
    yaml::Place place;
    std::string path;
    const ModelFile* model = nullptr;
  };
  /// The path of a file that is read, with its ${NAME}s filled in. While files need not be there,
  /// an unknown ${NAME} stays as it is, with a warning.
  std::optional<std::string> input_path(const yaml::Place& place);
  /// A path that is read now, as `moved` gives it; what it names is an input unless a job writes
  /// it.
  std::string read_path(const yaml::Place& place, const std::string& path);
  std::multimap<std::string, Input> inputs;  ///< by the file, as file_named tells it
  std::string job_file;                      ///< "" where the text comes from none
  /// Which files the jobs so far write, and as what.
  struct Output {
    std::string text;  ///< its path and place
    OutputKind kind;
    yaml::NodePtr job;
  };
  std::map<std::string, Output> outputs;
  /// The models of the jobs so far, by the file that each is saved to: a later job that names the
  /// file means the model.
  std::map<std::string, Shared<Object>> saved_models;

  yaml::Errors& errors;
  yaml::Environment environment;
  const LoadOptions& options;
  /// Of the key whose value is read now.
  KeyRules rules;
  /// Counts values that are read; false, with an error once, when there are too many: lists of
  /// aliases of lists of aliases can be more than any memory holds.
  bool count_values(const yaml::Place& at, std::size_t more);

 private:
  // What became of the keys of a mapping.
  struct KeysRead {
    bool good = true;     // nothing was told
    bool whole = true;    // no part is missing that is needed, so that the object can be looked at
    bool hollow = false;  // it is another than was meant
    KeyNames bad;         // whose values are not what the file means
  };
  KeysRead read_all(const Value& from, const std::string& class_name,
                    const std::vector<Field>& fields);
  // An object whose keys are set, and what its keys are.
  struct Draft {
    const ClassInfo& info;
    Shared<Object> object;
    std::vector<Field> fields;
    explicit Draft(const ClassInfo& of);
    Shared<Object> finished() const { return info.finish ? info.finish(*object) : object; }
  };
  // The object as its class checks it; keys that the class refuses are told, left out and added to
  // those that are `bad`. What it says of these is no fault of the file.
  Shared<Object> checked(const yaml::Place& place, Draft& draft, const Draft& fresh, KeyNames& bad);
  // Makes the objects in what no class reads, which may have faults of their own.
  void look_into(const Value& value);
  // An error of a class, unless its key was told before and has a value that only stands for it.
  void add_unless_told(const yaml::Place& at, const std::string& what) {
    if (!told_.contains(at.path)) errors.add(at, what);
  }
  Shared<Object> make_object(const Value& from);
  Shared<Object> load_model(const Value& from);
  Shared<Object> load_saved(const Value& from, const std::string& path, const std::string& kind);
  bool may_enter(const Value& from, const std::string& path);
  yaml::Place fault_place(const yaml::Place& object, const std::string& class_name,
                          std::string_view what) const;
  // Where a key of an object stands, or a part of it: "layers[1].layer_name"; what is not there
  // stands for less.
  static yaml::Place part_place(yaml::Place object, std::string_view path);

  int hollows_ = 0;                           // how often a hollow object was met
  std::map<const Object*, KeyNames> hollow_;  // and which of their keys are at fault
  std::set<std::string> told_;                // paths of words and numbers that are at fault
  int arrays_ = 0;
  std::size_t values_ = 0;
  bool too_many_ = false;
  std::map<const yaml::Node*, Shared<Object>> made_;
  std::map<const Object*, yaml::Place> places_;
};

/// What the rules of keys say of two of them: errors are added.
/// @param fields    of an object whose keys are read, which stands at `place`
/// @param defaults  of one none of whose keys is set
/// @param bad       keys that are at fault
void check_relations(const std::vector<Field>& fields, const std::vector<Field>& defaults,
                     const yaml::Place& place, const KeyNames& bad, Loader& loader);

/// Whether the files of a data set are there: an error, or a warning where they need not be.
void check_files(const Dataset& set, const yaml::Place& place, Loader& loader);

/// What holds between the parts of a job: data, shapes, graphs, channels. False where the model or
/// a layer of it could not be made: then there is an error, or a file is missing.
bool check_job(const Train& job, Loader& loader, const yaml::Place& place);

/// What a job writes: each file can be written, replaces no input and nothing but a model, and is
/// nobody else's; each parameter has a name under which it can be saved.
/// @param sound  whether the layers could be made, so that the parameters are known
void check_outputs(const Train& job, Loader& loader, const yaml::Place& place, bool sound);

/// Whether `init_from` names the file that an earlier job of the list saves.
bool comes_from_earlier_job(const Train& job, const Loader& loader, const yaml::Place& place);

/// The parameters against the file of `init_from` and the patterns that choose from it. Its keys
/// have been looked at, and the parameters can be made.
void check_parameters(const Train& job, Loader& loader, const yaml::Place& place);

/// Job as an object, so that YAML can name its class.
class TrainObject : public Object {
 public:
  Train train;
};

}  // namespace ansatz
