"""The language of formulas: conversion between text, SymPy expressions and numbers."""
