// Extension: what happens beside the training.
#pragma once

#include <ansatz/options.hpp>

#include <memory>

namespace ansatz {

class Archive;
class Session;
class Train;

/// An extension at work. Any of its methods may call Session::stop, as StopIteration in Pylearn2.
class ExtensionRun {
 public:
  virtual ~ExtensionRun() = default;
  /// Once, before the first monitoring.
  virtual void setup(Session&) {}
  /// After every monitoring step, the one before the first epoch included.
  virtual void on_monitor(Session&) {}
  /// After every batch that the algorithm trained on.
  virtual void on_batch(Session&) {}
  /// Before the model is saved.
  virtual void on_save(Session&) {}
  /// Saves or restores what it remembers.
  virtual void state(Archive&) {}
};

/// The description of an extension.
class Extension : public Object {
 public:
  virtual std::unique_ptr<ExtensionRun> start(Session& session) const = 0;
};

}  // namespace ansatz
