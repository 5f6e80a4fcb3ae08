// A model file with the model it describes, ready to compute.
#pragma once

#include "command.hpp"

#include <ansatz/data/columns/table_columns.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/job/any_program.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/preprocessors.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ansatz::app {

/// A trained model: its file, and the job that computes with it.
struct TrainedModel {
  std::string path;
  ModelFile file;
  /// The job of the file, or, where the file has none, one with the model alone.
  std::unique_ptr<Train> train;
  std::string without_job;  ///< why `train` has the model alone, although the file has a job
  /// Of what it was trained on and watched with.
  std::vector<std::string> data_files;
  ElementType precision = ElementType::float32;
  /// How the columns of the Table became numbers that it was trained on; null: it was no Table.
  std::shared_ptr<const TableColumns> columns;
  /// What the rows of data go through, as it was learned.
  std::shared_ptr<Preprocessors> preprocessors;

  /// Gives a program the parameters and the state of the file.
  void bind(AnyProgram& program) const;
};

/// FileError for files that are no models, or whose model's class is not registered.
TrainedModel read_trained_model(const std::string& path);

/// FileError where a command would write over data that the model was trained on, read or not.
void spare_data_of(const TrainedModel& model, const std::string& out);

/// Data as commands take it.
struct DataArguments {
  /// A .csv, .npy or .npz file, any text file for a model of a Table, YAML such as `!obj:MNIST
  /// {which_set: 'test'}`, or "" for the data set that the model was trained on.
  std::string data;
  std::string first_line = "auto";  ///< of a .csv file: "names", "numbers", or "auto"
  bool targets = false;             ///< whether a .csv file has targets in its first columns

  void add_to(CLI::App& command);
};

/// The description of the data. A .csv file is read with the keys of the data set that the model
/// was trained on, where that was a CSVDataset, and as a Table, any text file, where that was one.
/// ShapeError where its examples are known not to fit
/// the model.
Shared<Dataset> dataset_of(const DataArguments& given, const TrainedModel& model);

/// Reads the data set of the model's job, preprocessed as those that it was trained on; where that
/// is done, the job's data set becomes what is read. ShapeError where its examples do not fit the
/// model.
std::shared_ptr<const BatchSource> load_data(const DataArguments& given, TrainedModel& model);

/// Whether the model tells classes: its targets, or those it was trained on, are labels.
bool tells_classes(const TrainedModel& model);

}  // namespace ansatz::app
