// The columns of adult, and the values of those that are properties, in alphabetical order.
#pragma once

#include <string_view>
#include <vector>

namespace ansatz::data {

/// A column of the file: a number, or one of some values.
struct AdultColumn {
  std::string_view name;
  std::vector<std::string_view> values = {};  ///< empty: a number
};

inline const std::vector<AdultColumn>& adult_columns() {
  static const std::vector<AdultColumn> columns = {
      {"age"},
      {"workclass",
       {"Federal-gov", "Local-gov", "Private", "Self-emp-inc", "Self-emp-not-inc", "State-gov",
        "Without-pay"}},
      {"fnlwgt"},
      {"education",
       {"10th", "11th", "12th", "1st-4th", "5th-6th", "7th-8th", "9th", "Assoc-acdm", "Assoc-voc",
        "Bachelors", "Doctorate", "HS-grad", "Masters", "Preschool", "Prof-school",
        "Some-college"}},
      {"education-num"},
      {"marital-status",
       {"Divorced", "Married-AF-spouse", "Married-civ-spouse", "Married-spouse-absent",
        "Never-married", "Separated", "Widowed"}},
      {"occupation",
       {"Adm-clerical", "Armed-Forces", "Craft-repair", "Exec-managerial", "Farming-fishing",
        "Handlers-cleaners", "Machine-op-inspct", "Other-service", "Priv-house-serv",
        "Prof-specialty", "Protective-serv", "Sales", "Tech-support", "Transport-moving"}},
      {"relationship",
       {"Husband", "Not-in-family", "Other-relative", "Own-child", "Unmarried", "Wife"}},
      {"race", {"Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"}},
      {"sex", {"Female", "Male"}},
      {"capital-gain"},
      {"capital-loss"},
      {"hours-per-week"},
      {"native-country",
       {"Cambodia",
        "Canada",
        "China",
        "Columbia",
        "Cuba",
        "Dominican-Republic",
        "Ecuador",
        "El-Salvador",
        "England",
        "France",
        "Germany",
        "Greece",
        "Guatemala",
        "Haiti",
        "Holand-Netherlands",
        "Honduras",
        "Hong",
        "Hungary",
        "India",
        "Iran",
        "Ireland",
        "Italy",
        "Jamaica",
        "Japan",
        "Laos",
        "Mexico",
        "Nicaragua",
        "Outlying-US(Guam-USVI-etc)",
        "Peru",
        "Philippines",
        "Poland",
        "Portugal",
        "Puerto-Rico",
        "Scotland",
        "South",
        "Taiwan",
        "Thailand",
        "Trinadad&Tobago",
        "United-States",
        "Vietnam",
        "Yugoslavia"}},
  };
  return columns;
}

}  // namespace ansatz::data
