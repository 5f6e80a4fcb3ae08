// OnBatch: a function of an algorithm and the batch that it is called on, again and again
#pragma once

#include <ansatz/program/batch_reader.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <optional>

namespace ansatz {

/// A function of the job with the rows it reads.
class OnBatch {
 public:
  explicit OnBatch(AnyProgram& program) : program_(program) {}
  void setup(Session& session) {
    if (session.data()) reader_.emplace(*session.data(), program_);
  }
  void load(const RowsView& rows) {
    rows_ = rows;
    fresh_ = false;
  }
  void call() {
    if (!fresh_ && reader_) {
      const std::vector<Argument>& list = reader_->arguments(rows_);
      arguments_ = list.data();
      count_ = static_cast<int>(list.size());
      fresh_ = true;
    }
    program_.call(arguments_, count_);
  }
  double result(std::string_view name) const {
    for (int i = 0; i < program_.results(); ++i)
      if (program_.result_name(i) == name) return program_.number(i);
    throw NameError(fmt::format("a function of the algorithm has no result \"{}\"", name));
  }
  AnyProgram& program() { return program_; }

 private:
  AnyProgram& program_;
  std::optional<BatchReader> reader_;
  RowsView rows_;
  bool fresh_ = false;
  const Argument* arguments_ = nullptr;
  int count_ = 0;
};

}  // namespace ansatz
