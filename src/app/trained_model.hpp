// A model file with the model it describes, ready to compute.
#pragma once

#include <ansatz/serial/model_file.hpp>
#include <ansatz/train/any_program.hpp>
#include <ansatz/train/train.hpp>

#include <memory>
#include <string>

namespace ansatz::app {

/// A trained model: its file, and the job that computes with it.
struct TrainedModel {
  std::string path;
  ModelFile file;
  /// The job of the file, or, where the file has none, one with the model alone.
  std::unique_ptr<Train> train;
  ElementType precision = ElementType::float32;

  /// Gives a program the parameters and the state of the file.
  void bind(AnyProgram& program) const;
};

/// FileError for files that are no models, or whose model's class is not registered.
TrainedModel read_trained_model(const std::string& path);

/// Data as commands take it: a .csv, .npy or .npz file, YAML such as
/// `!obj:MNIST {which_set: 'test'}`, or "" for the data set that the model was trained on.
Shared<Dataset> dataset_of(const std::string& given, const TrainedModel& model, bool labels);

}  // namespace ansatz::app
