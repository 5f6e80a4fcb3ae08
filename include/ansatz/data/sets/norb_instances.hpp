// NORB, with the toys themselves as classes.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/spaces/axis_order.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A set of NORB that was saved with all that is known of a pair (`multi_target`), preprocessed or
/// not, as a set of toys: toy 10 * category + instance, 0 to 49; the 51st class of the big set is
/// pictures of nothing. What the scripts of the maxout paper use.
///
///     ansatz preprocess … saves norb_train.pkl; then: NorbInstances("norb_train.pkl")
class NorbInstances : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml =
      "pylearn2.scripts.papers.maxout.norb.load_norb_instance_dataset";
  static constexpr const char* doc = "toys of NORB, each one a class";
  String dataset_path, label_format = "obj_id";
  RowsColumns crop_shape;
  AxisOrder axes;

  constexpr NorbInstances() {}
  constexpr explicit NorbInstances(const char* path, const char* format = "obj_id")
      : dataset_path(path), label_format(format) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = NorbInstances;
    key.required("dataset_path", &Self::dataset_path, "the saved data set").is_path();
    key("label_format", &Self::label_format,
        "'obj_id': which toy; 'obj_onehot': the same, one-hot; 'norb': targets as they are");
    key("crop_shape", &Self::crop_shape, "rows and columns of the middle of each picture");
    key("axes", &Self::axes, "accepted and ignored: a model takes any order");
    preprocessing_keys(key);
  }
  void check() const;
  constexpr const Preprocessing* preprocessing() const override { return this; }
  SpaceInfo source_space(std::string_view source) const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
