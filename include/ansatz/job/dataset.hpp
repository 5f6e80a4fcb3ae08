// Dataset: what data a job reads; the data itself is loaded when the job runs.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/space_info.hpp>

#include <memory>
#include <string>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class BatchSource;
class Table;

/// A description of data, as a job names it. Its Spaces may be known before anything is read: then
/// programs can be compiled for it.
class Dataset : public Object {
 public:
  static constexpr const char* kind_name = "data set";

  /// The Space of a source, "features" or "targets" for most; NullSpace: there is no such source,
  /// or what it is turns out when the data is read.
  constexpr virtual SpaceInfo source_space(std::string_view /*source*/) const { return {}; }
  /// How its features are preprocessed; null: data sets of this class have no such keys.
  constexpr virtual const Preprocessing* preprocessing() const { return nullptr; }
  /// The Space of a source as jobs read it: preprocessed.
  constexpr SpaceInfo read_space(std::string_view source) const {
    const SpaceInfo space = source_space(source);
    const Preprocessing* const how = preprocessing();
    if (!how || !how->preprocessor || source != "features") return space;
    if (space.kind == SpaceKind::null) return space;
    return how->preprocessor->output_space(space);
  }
  /// Reads the data into memory. Throws FileError, ValueError, NameError.
  virtual std::shared_ptr<const Table> load() const = 0;
  /// What batches are read from: unless a class says otherwise, what `load` gives.
  virtual std::shared_ptr<const BatchSource> open() const;
  /// The file that must be there, for `ansatz check`; empty: none.
  virtual std::string missing_file() const { return ""; }
  /// Adds the files that it reads, which no output of a job may replace.
  virtual void files(std::vector<std::string>&) const {}
  /// Under which name `ansatz data fetch` knows the data; empty: it does not.
  virtual std::string fetched_as() const { return ""; }
};

}  // namespace ansatz
