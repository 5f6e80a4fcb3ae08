// JSON that is printed: one object a line.
#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <utility>

namespace ansatz {

/// Keys stay in the order in which they were set.
using OrderedJson = nlohmann::ordered_json;

/// A number, or what JSON does not have as text that NumPy's and Python's float read: "nan",
/// "inf", "-inf".
OrderedJson json_of(double value);

/// Adds a key that the object does not have yet. Others look through all its keys first, which is
/// much for thousands of them.
void add_key(OrderedJson& object, std::string key, OrderedJson value);

/// In one line. Bytes that are no UTF-8 become U+FFFD; what would command a terminal or turn the
/// direction of text is written as \uNNNN.
std::string json_text(const OrderedJson& json);

void put_json(const OrderedJson& json);
/// An object with "event" before the others, told at once.
void put_event(const char* event,
               std::initializer_list<std::pair<const char*, OrderedJson>> fields = {});
/// The same, of an object that holds them.
void put_event_with(const char* event, const OrderedJson& fields);

}  // namespace ansatz
