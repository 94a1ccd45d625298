/// Definitions of organizations and models: what a user writes, checked as a whole, and the rows
/// other stages live by.
@NullMarked
package dev.anneal.control.definitions;

import org.jspecify.annotations.NullMarked;
