// Channels: what a monitor records.
#pragma once

#include <ansatz/compiled_once.hpp>
#include <ansatz/string.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// One number a batch under a name. The record of an epoch is its average over the batches of a
/// data set, weighted by their sizes; a channel that reads no data is computed once.
struct Channel {
  String name;
  AnyExpr value;
  String doc;
};

class ChannelList {
 public:
  /// Error when the name is taken.
  constexpr void add(const String& name, const AnyExpr& value, const String& doc = "") {
    for (const Channel& c : channels_)
      if (c.name == name) {
        const String text = "two channels have the name " + name;
        graph_error(text.c_str());
      }
    channels_.push_back({name, value, doc});
  }
  /// All channels of `more`, their names after `prefix`.
  constexpr void add(const String& prefix, const ChannelList& more) {
    for (const Channel& c : more) add(prefix + c.name, c.value, c.doc);
  }
  constexpr int size() const { return channels_.size(); }
  constexpr const Channel& operator[](int i) const { return channels_[i]; }
  constexpr const Channel* begin() const { return channels_.begin(); }
  constexpr const Channel* end() const { return channels_.end(); }

 private:
  ir::List<Channel> channels_;
};

}  // namespace ansatz
