// Stands in for required peers of @langchain/community that nothing here loads (docs/adr/0002-dependencies.md).
module.exports = {};
