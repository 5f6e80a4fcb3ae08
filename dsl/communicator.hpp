// Communicator: several processes, or threads, that train one model together.
#pragma once

namespace ansatz {

/// The ranks that call one program together, each on examples of its own; a program that was made
/// `across_ranks` is given one. All ranks call the same programs in the same order.
///
/// `all_reduce` replaces the n numbers at `values` by their sums over the ranks, in the order of
/// the ranks whatever the order of arrival, so that two runs give the same bits. It returns on
/// every rank only when its sums are there. What it throws leaves the call of the program; the
/// parameters may be half updated then, and the run is over.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;  ///< 0 .. size() - 1
  virtual int size() const = 0;
  virtual void all_reduce(float* values, long n) = 0;
  virtual void all_reduce(double* values, long n) = 0;
};

}  // namespace ansatz
