// Runs that a page follows: of this program as they are trained, of others by what they write.
#pragma once

#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/records_feed.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace ansatz {

/// A run of this program on a RunBoard. Of the thread that trains, which never waits for those that
/// look.
class BoardRun {
 public:
  /// What it has recorded until now. Takes as long as copying one value a channel and new record.
  void publish(const MonitorRecords& records) { feed_.publish(records); }
  /// "running" at first; then how it ended.
  void set_state(std::string state);
  /// The model was saved to that file: who looks reads the pictures of its weights from it.
  void saved(std::string path);

 private:
  friend class RunBoard;
  RecordsFeed feed_;
  std::mutex mutex_;  // of these
  std::string state_ = "running", saved_;
};

/// The runs that pages show, and what is new of them:
///
///     auto board = std::make_shared<RunBoard>();
///     board->follow("runs");
///     PageServer server(board, {.port = 8400});
///
/// A folder is looked through, and so are those in it, four deep, but not hidden ones and not
/// behind links: every model file is a run, and so is every table of CSVLogger. A table `m.csv`
/// beside a model `m.pkl` is of the same run, of whose records the newer file tells: so the curves
/// of a job that another program trains grow with each save, and with a CSVLogger with each record.
/// Files are looked at when a page asks, at most once a second; of more than 500 runs the newest
/// are shown.
class RunBoard {
 public:
  RunBoard();
  ~RunBoard();
  RunBoard(const RunBoard&) = delete;

  /// A run of this program.
  /// @param name  on the page; another one of it gets a number
  /// @param what  of it, the job, data and environment are shown
  std::shared_ptr<BoardRun> add(const std::string& name, const ModelFile& what);

  bool has_own_runs() const;

  /// A folder, a model file or a table of CSVLogger. FileError for what is not there, and for files
  /// that are neither.
  void follow(const std::string& path);

  /// The page, which asks for news by itself. FileError where the library was built without
  /// dygraphs.
  std::string page() const;
  /// What is new, in JSON: for a page that has seen the news of `version` of the board of that
  /// name, as they say; everything for another. Of any number of threads.
  std::string news(std::string_view board, std::uint64_t version);

 private:
  class Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace ansatz
