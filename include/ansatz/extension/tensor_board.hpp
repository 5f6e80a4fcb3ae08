// TensorBoard: the records as event files.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Writes each record of the monitor to an event file of TensorBoard: a scalar a channel, and
/// "loss", the mean training loss of the epoch, where the cost has a value. The step is the number
/// of epochs; or of batches or examples. A run that goes on writes another file in the same folder,
/// as TensorBoard expects it. The format is TFRecord: length, masked CRC-32C of it, an Event
/// message (tensorflow/core/util/event.proto), masked CRC-32C of that. A record that cannot be
/// written is a warning; the training goes on.
class TensorBoard : public Extension {
 public:
  static constexpr const char* yaml = "ansatz.train_extensions.TensorBoard";
  static constexpr const char* doc = "writes each record to an event file of TensorBoard";
  String log_dir;
  String step = "epochs";

  constexpr TensorBoard() {}
  template <KeyOf<TensorBoard>... O>
  constexpr explicit TensorBoard(const char* folder, const O&... options) : log_dir(folder) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("log_dir", &TensorBoard::log_dir, "folder of the files, made where it is missing")
        .is_output();
    key("step", &TensorBoard::step, "what a step is: \"epochs\", \"batches\" or \"examples\"");
  }
  void check() const;
  void outputs(std::vector<OutputFile>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
